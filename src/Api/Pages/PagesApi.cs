using System.Reflection;
using Api.Http;
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

    private static readonly Dictionary<string, string> Files = new(StringComparer.Ordinal)
    {
        ["invitation.js"] = "text/javascript",
        ["page.css"] = "text/css",
        ["page.js"] = "text/javascript",
        ["verify.js"] = "text/javascript",
    };

    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        // Mail systems add names of their own to the query of a link.
        var pages = routes.MapGroup("").ExcludeFromDescription().AcceptsAnyQuery();
        pages.MapGet("/verify", (HttpContext context) => GetFile(context, "verify.html", "text/html"))
            .WithName("VerifyPage");
        pages.MapGet("/invitations", (HttpContext context) => GetFile(context, "invitation.html", "text/html"))
            .WithName("InvitationPage");
        pages.MapGet("/pages/{file}", FindFile).WithName("PageFile");
    }

    private static Results<FileStreamHttpResult, NotFound> FindFile(string file, HttpContext context) =>
        Files.TryGetValue(file, out string? type) ? GetFile(context, file, type) : TypedResults.NotFound();

    private static FileStreamHttpResult GetFile(HttpContext context, string file, string type)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.CacheControl = "no-cache";
        return TypedResults.Stream(
            Assembly.GetExecutingAssembly().GetManifestResourceStream(file)!, $"{type}; charset=utf-8");
    }
}
