using Sandbox.Keycloak.Oidc.Pages;
using Sandbox.Keycloak.Storage;

namespace Sandbox.Keycloak.Http;

/// <summary>Adds the security headers and the error bodies to all endpoints.</summary>
internal static class KeycloakPipeline
{
    // The real server has no other paths, so only below these can a call be one that the sandbox does not play.
    private static readonly PathString[] ServedPaths =
        ["/admin", "/realms", "/resources", "/js", "/.well-known", "/robots.txt"];

    public static void UseKeycloakPipeline(this WebApplication app, KeycloakState state) =>
        app.Use(async (context, next) =>
    {
        context.Features.Set(state);
        context.Response.OnStarting(() =>
        {
            AddSecurityHeaders(context);
            return Task.CompletedTask;
        });
        if (Cors.TryAnswerPreflight(context))
            return;
        try
        {
            await next();
        }
        catch (KeycloakException exception)
        {
            await exception.WriteAsync(context);
        }
        catch (ErrorPageException exception)
        {
            await exception.WriteAsync(context);
        }
        await WriteErrorBodyAsync(context);
    });

    private static void AddSecurityHeaders(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers["Referrer-Policy"] = "no-referrer";
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains";
        headers["X-Content-Type-Options"] = "nosniff";
        headers["X-Robots-Tag"] = "none";
        if (context.Response.StatusCode is not (204 or 302 or 401 or 403))
            headers["X-Frame-Options"] = "SAMEORIGIN";
    }

    private static Task WriteErrorBodyAsync(HttpContext context)
    {
        if (context.Response.HasStarted || context.Response.ContentLength is not null)
            return Task.CompletedTask;
        var isServed = ServedPaths.Any(path => context.Request.Path.StartsWithSegments(path));
        return context.Response.StatusCode switch
        {
            404 or 405 when isServed => KeycloakException.NotPlayed(context).WriteAsync(context),
            404 => KeycloakException.Error(404, "Unable to find matching target resource method").WriteAsync(context),
            405 => KeycloakException.Error(405, "HTTP 405 Method Not Allowed").WriteAsync(context),
            _ => Task.CompletedTask,
        };
    }
}
