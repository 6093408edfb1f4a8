using System.Net.Mime;

namespace FunctionsHost.Http;

/// <summary>The responses of the host itself.</summary>
internal static class HostResponses
{
    private const string Homepage = """
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><title>Functions host (stand-in)</title></head>
        <body><h1>The function app is running.</h1>
        <p>This page is the host's own. AzureWebJobsDisableHomepage=true turns it off.</p></body>
        </html>
        """;

    public static Task NotRunningAsync(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return response.WriteAsync("Function host is not running.");
    }

    /// <summary>/admin: closed to everybody with keys required, and not played without.</summary>
    public static Task AdminAsync(HttpResponse response, bool enableAuth)
    {
        if (enableAuth)
        {
            response.StatusCode = StatusCodes.Status401Unauthorized;
            response.Headers.WWWAuthenticate = "Bearer";
            return Task.CompletedTask;
        }

        response.StatusCode = StatusCodes.Status501NotImplemented;
        response.ContentType = MediaTypeNames.Text.Plain;
        return response.WriteAsync("This stand-in does not play the admin API, which func start leaves open here.");
    }

    public static Task HomepageAsync(HttpResponse response, IReadOnlyDictionary<string, string> settings)
    {
        if (settings.TryGetValue("AzureWebJobsDisableHomepage", out var disabled)
            && disabled.Equals(bool.TrueString, StringComparison.OrdinalIgnoreCase))
        {
            response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }

        response.ContentType = MediaTypeNames.Text.Html;
        return response.WriteAsync(Homepage);
    }
}
