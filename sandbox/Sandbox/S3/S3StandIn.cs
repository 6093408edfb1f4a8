using System.Globalization;
using System.Xml.Linq;
using Sandbox.S3.Operations;
using Sandbox.S3.Signing;
using Sandbox.S3.Storage;

namespace Sandbox.S3;

internal static class S3StandIn
{
    /// <summary>Maps S3's REST API with path-style addresses, and an HTML page at / .</summary>
    public static void MapS3(this WebApplication app, S3Store store, S3Options options)
    {
        var time = app.Services.GetRequiredService<TimeProvider>();
        app.MapFallback("{**path}", context => AnswerAsync(context, store, options, time));
    }

    private static async Task AnswerAsync(HttpContext context, S3Store store, S3Options options, TimeProvider time)
    {
        var request = context.Request;
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now).ToString("N", CultureInfo.InvariantCulture)[16..].ToUpperInvariant();
        context.Response.Headers["x-amz-request-id"] = id;
        var path = S3Path.Of(context);
        if (S3Page.IsRequested(request, path))
        {
            await S3Page.WriteAsync(context.Response, store);
            return;
        }

        try
        {
            var signed = SignedRequest.Verify(request, path.Raw, options, now);
            var operation = S3Operations.Find(request, path, options);
            await operation(new S3Call(context, store, options, path, signed));
        }
        catch (S3Exception e)
        {
            await RefuseAsync(context, e, path, id);
        }
    }

    private static Task RefuseAsync(HttpContext context, S3Exception error, S3Path path, string id)
    {
        context.Response.StatusCode = error.Status;
        return HttpMethods.IsHead(context.Request.Method) || error.Status == StatusCodes.Status304NotModified
            ? Task.CompletedTask
            : S3Xml.WriteAsync(context.Response, new XElement(
                "Error",
                new XElement("Code", error.Code),
                new XElement("Message", error.Message),
                error.Region is null ? null : new XElement("Region", error.Region),
                new XElement("Resource", path.Raw),
                new XElement("RequestId", id)));
    }
}
