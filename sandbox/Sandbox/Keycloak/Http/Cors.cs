using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Http;

/// <summary>CORS: public endpoints allow any origin, token endpoints only the client's web origins.</summary>
internal static class Cors
{
    private const string Headers = "Origin, Access-Control-Request-Method, X-Requested-With, Accept, "
        + "Access-Control-Request-Headers, DPoP, Content-Type, Authorization";

    public static void AllowAll(HttpContext context)
    {
        if (context.Request.Headers.Origin.ToString() is { Length: > 0 } origin)
            Allow(context, origin);
    }

    /// <exception cref="Refusal">403: the origin is not one of the client's web origins.</exception>
    public static void AllowFor(HttpContext context, Client client)
    {
        if (context.Request.Headers.Origin.ToString() is not { Length: > 0 } origin || origin == context.BaseUrl())
            return;
        var allowed = client.Origins;
        if (!allowed.Contains(origin) && !allowed.Contains("*"))
            throw Refusal.Error(403, "Invalid origin");
        Allow(context, origin);
        context.Response.Headers.AccessControlExposeHeaders = "Access-Control-Allow-Methods";
    }

    /// <summary>Answers a preflight request for any origin; the actual request is checked later.</summary>
    public static bool AnswersPreflight(HttpContext context)
    {
        if (!HttpMethods.IsOptions(context.Request.Method)
            || context.Request.Headers.Origin.ToString() is not { Length: > 0 } origin)
            return false;
        Allow(context, origin);
        var headers = context.Response.Headers;
        headers.AccessControlAllowMethods = context.Request.Path.StartsWithSegments("/admin")
            ? "DELETE, POST, GET, PUT" : "POST, OPTIONS";
        headers.AccessControlAllowHeaders = Headers;
        headers.AccessControlMaxAge = "3600";
        context.Response.ContentLength = 0;
        return true;
    }

    private static void Allow(HttpContext context, string origin)
    {
        context.Response.Headers.AccessControlAllowOrigin = origin;
        context.Response.Headers.AccessControlAllowCredentials = "true";
    }
}
