using System.Reflection;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Api.Pages;

/// <summary>
/// The two pages that mails link to. They read the token after the <c>#</c> of their address, which browsers never send
/// to a server, proxy or log, and call the public API.
/// </summary>
public static class PagesApi
{
    // Scripts and styles come only from this origin and are never inline; no other site may frame the page.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'";

    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("").ExcludeFromDescription();
        Map("/verify", "verify.html", "text/html");
        Map("/invitations", "invitation.html", "text/html");
        Map("/pages/verify.js", "verify.js", "text/javascript");
        Map("/pages/invitation.js", "invitation.js", "text/javascript");
        Map("/pages/page.js", "page.js", "text/javascript");
        Map("/pages/page.css", "page.css", "text/css");

        void Map(string path, string file, string type) =>
            pages.MapGet(path, (HttpContext context) => GetFile(context, file, type));
    }

    private static FileStreamHttpResult GetFile(HttpContext context, string file, string type)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-cache";
        return TypedResults.Stream(
            Assembly.GetExecutingAssembly().GetManifestResourceStream(file)!, $"{type}; charset=utf-8");
    }
}
