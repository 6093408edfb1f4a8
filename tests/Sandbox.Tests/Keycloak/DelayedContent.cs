using System.Net;

namespace Sandbox.Tests.Keycloak;

/// <summary>
/// A body that is sent only after an action. The server requests the body (100 Continue) after its first checks, so the
/// action happens between the checks and the change.
/// </summary>
internal sealed class DelayedContent : HttpContent
{
    private readonly HttpContent body;
    private readonly Func<Task> beforeBody;

    public DelayedContent(HttpContent body, Func<Task> beforeBody)
    {
        (this.body, this.beforeBody) = (body, beforeBody);
        foreach (var (name, values) in body.Headers)
            Headers.TryAddWithoutValidation(name, values);
    }

    /// <summary>Creates a request with such a body.</summary>
    public static HttpRequestMessage Request(HttpMethod method, Uri address, HttpContent body, Func<Task> beforeBody)
    {
        var request = new HttpRequestMessage(method, address) { Content = new DelayedContent(body, beforeBody) };
        request.Headers.ExpectContinue = true;
        return request;
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await beforeBody();
        await body.CopyToAsync(stream, context);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Headers.ContentLength ?? 0;
        return body.Headers.ContentLength is not null;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            body.Dispose();
        base.Dispose(disposing);
    }
}
