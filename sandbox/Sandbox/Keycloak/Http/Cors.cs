using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Http;

/// <summary>CORS: public endpoints allow any origin, token endpoints only the client's web origins.</summary>
internal static class Cors
{
    private const string AllowedHeaders = "Origin, Access-Control-Request-Method, X-Requested-With, Accept, "
        + "Access-Control-Request-Headers, DPoP, Content-Type, Authorization";

    public static void AllowAnyOrigin(HttpContext context)
    {
        if (context.Request.Headers.Origin.ToString() is { Length: > 0 } origin)
            AllowOrigin(context, origin);
    }

    /// <exception cref="KeycloakException">403: the origin is not one of the client's web origins.</exception>
    public static void AllowClientOrigins(HttpContext context, Client client)
    {
        if (context.Request.Headers.Origin.ToString() is not { Length: > 0 } origin || origin == context.GetBaseUrl())
            return;
        var allowed = client.Origins;
        if (!allowed.Contains(origin) && !allowed.Contains("*"))
            throw KeycloakException.Error(403, "Invalid origin");
        AllowOrigin(context, origin);
        context.Response.Headers.AccessControlExposeHeaders = "Access-Control-Allow-Methods";
    }

    /// <summary>Answers a preflight request for any origin; the actual request is checked later.</summary>
    public static bool TryAnswerPreflight(HttpContext context)
    {
        if (!HttpMethods.IsOptions(context.Request.Method)
            || context.Request.Headers.Origin.ToString() is not { Length: > 0 } origin)
            return false;
        AllowOrigin(context, origin);
        var headers = context.Response.Headers;
        headers.AccessControlAllowMethods = context.Request.Path.StartsWithSegments("/admin")
            ? "DELETE, POST, GET, PUT" : "POST, OPTIONS";
        headers.AccessControlAllowHeaders = AllowedHeaders;
        headers.AccessControlMaxAge = "3600";
        context.Response.ContentLength = 0;
        return true;
    }

    private static void AllowOrigin(HttpContext context, string origin)
    {
        context.Response.Headers.AccessControlAllowOrigin = origin;
        context.Response.Headers.AccessControlAllowCredentials = "true";
    }
}
