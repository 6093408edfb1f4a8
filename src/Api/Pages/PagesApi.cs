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
    private static readonly Dictionary<string, string> Files = new(StringComparer.Ordinal)
    {
        ["invitation.js"] = "text/javascript",
        ["page.css"] = "text/css",
        ["page.js"] = "text/javascript",
        ["progress.js"] = "text/javascript",
        ["verify.js"] = "text/javascript",
    };

    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        // Mail systems add names of their own to the query of a link.
        var pages = routes.MapGroup("").ExcludeFromDescription().AcceptsAnyQuery();
        pages.MapGet("/verify", (HttpContext context, PageText text) => GetPage(context, text, "verify.html"))
            .WithName("VerifyPage");
        pages.MapGet("/invitations", (HttpContext context, PageText text) => GetPage(context, text, "invitation.html"))
            .WithName("InvitationPage");
        pages.MapGet("/pages/{file}", FindFile).WithName("PageFile");
    }

    private static ContentHttpResult GetPage(HttpContext context, PageText text, string file)
    {
        AddHeaders(context, text);
        return TypedResults.Content(text.Get(file), "text/html; charset=utf-8");
    }

    private static Results<FileStreamHttpResult, NotFound> FindFile(string file, HttpContext context, PageText text)
    {
        if (!Files.TryGetValue(file, out string? type))
        {
            return TypedResults.NotFound();
        }

        AddHeaders(context, text);
        return TypedResults.Stream(
            Assembly.GetExecutingAssembly().GetManifestResourceStream(file)!, $"{type}; charset=utf-8");
    }

    private static void AddHeaders(HttpContext context, PageText text)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = text.ContentSecurityPolicy;
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.CacheControl = "no-cache";
    }
}
