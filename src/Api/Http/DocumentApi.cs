using System.Reflection;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Api.Http;

/// <summary>
/// The OpenAPI document at <c>/openapi/v1.json</c>: every route, schema and error code. The file <c>openapi.json</c> is
/// also the one that a gateway imports; a test generates it from the routes and compares.
/// </summary>
public static class DocumentApi
{
    public const string Path = "/openapi/v1.json";

    public static void MapDocument(this IEndpointRouteBuilder routes) =>
        routes.MapGet(Path, Get).WithName("OpenApi").ExcludeFromDescription();

    private static FileStreamHttpResult Get(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-cache";
        return TypedResults.Stream(
            Assembly.GetExecutingAssembly().GetManifestResourceStream("openapi.json")!,
            "application/json;charset=utf-8");
    }
}
