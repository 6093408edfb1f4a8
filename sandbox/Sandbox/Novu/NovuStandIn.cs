using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Sandbox.Novu;

internal static class NovuStandIn
{
    /// <summary>Maps the API of a self-hosted Novu, and HTML pages at / .</summary>
    public static void MapNovu(this WebApplication app, NovuStore store, NovuOptions options)
    {
        app.Use(ErrorHandling(store));
        app.Use(Authentication(options));
        if (options.RateLimits)
            app.Use(NovuRateLimits.Middleware(store.Time));
        app.MapGet("/v1/health-check", () => NovuAnswer.Data(new JsonObject { ["status"] = "ok" }));
        app.MapPost("/v1/events/trigger", async (HttpRequest request) =>
            NovuAnswer.Data(
                new TriggerHandler(store).Handle(await NovuBody.ReadAsync(request)), StatusCodes.Status201Created));
        app.MapSubscribers(store);
        app.MapWorkflows(store);
        app.MapMails(store);
        app.MapNovuPages(store);
        app.MapFallback("{**path}", (HttpRequest request) => NotImplemented(request));
    }

    private static Func<HttpContext, RequestDelegate, Task> ErrorHandling(NovuStore store) => async (context, next) =>
    {
        try
        {
            await next(context);
        }
        catch (NovuException e)
        {
            context.Response.StatusCode = e.Status;
            await context.Response.WriteAsJsonAsync(
                e.Body(context.Request.Path + context.Request.QueryString, store.Time.GetUtcNow()));
        }
    };

    private static Func<HttpContext, RequestDelegate, Task> Authentication(NovuOptions options)
    {
        var expected = Encoding.UTF8.GetBytes($"ApiKey {options.ApiKey}");
        return (context, next) =>
        {
            var path = context.Request.Path;
            var isApi = path.StartsWithSegments("/v1") || path.StartsWithSegments("/v2");
            var given = context.Request.Headers.Authorization.ToString();
            if (isApi && path != "/v1/health-check")
            {
                if (given.Length == 0)
                    throw new NovuException(401, "Missing authorization header", "Unauthorized");
                if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), expected))
                    throw new NovuException(401, "API Key not found", "Unauthorized");
            }

            return next(context);
        };
    }

    /// <summary>Refuses filters and pages: a list that ignored them would be another list.</summary>
    /// <exception cref="NovuException">501: the call has a query.</exception>
    public static void RequireNoQuery(HttpRequest request)
    {
        if (request.Query.Count > 0)
            throw new NovuException(501,
                $"The sandbox does not implement '{request.Query.Keys.First()}' of {request.Method} {request.Path}",
                "Not Implemented");
    }

    private static IResult NotImplemented(HttpRequest request) => throw new NovuException(
        501, $"The sandbox does not implement {request.Method} {request.Path}", "Not Implemented");
}
