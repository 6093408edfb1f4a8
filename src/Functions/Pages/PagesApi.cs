using System.Reflection;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Functions.Pages;

/// <summary>
/// The two pages that mails link to. They read the token behind the <c>#</c> of their address, which no server, proxy or
/// log ever sees, and call the same API as everybody.
/// </summary>
public static class PagesApi
{
    // Scripts and styles from here alone, nothing inline, nobody frames the page, and no other site learns its address.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'";

    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("").ExcludeFromDescription();
        pages.MapGet("/verify", (HttpContext context) => Page(context, "verify.html", "text/html"));
        pages.MapGet("/invitations", (HttpContext context) => Page(context, "invitation.html", "text/html"));
        pages.MapGet("/pages/verify.js", (HttpContext context) => Page(context, "verify.js", "text/javascript"));
        pages.MapGet("/pages/invitation.js", (HttpContext context) => Page(context, "invitation.js", "text/javascript"));
        pages.MapGet("/pages/page.js", (HttpContext context) => Page(context, "page.js", "text/javascript"));
        pages.MapGet("/pages/page.css", (HttpContext context) => Page(context, "page.css", "text/css"));
    }

    private static FileStreamHttpResult Page(HttpContext context, string file, string type)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-cache";
        return TypedResults.Stream(
            Assembly.GetExecutingAssembly().GetManifestResourceStream(file)!, $"{type}; charset=utf-8");
    }
}
