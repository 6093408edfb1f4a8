using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sandbox.Keycloak.Http;

/// <summary>Writes JSON like Keycloak: compact, with minimal escaping and a <c>Content-Length</c>.</summary>
internal static class KeycloakJson
{
    public const string AdminContentType = "application/json;charset=UTF-8";
    public const string PlainContentType = "application/json";

    private static readonly JsonSerializerOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>A successful response of the admin API.</summary>
    public static IResult Ok(JsonNode content) => new JsonResult(content, AdminContentType);

    public static IResult Ok(IEnumerable<JsonNode> items) =>
        new JsonResult(new JsonArray([.. items]), AdminContentType);

    /// <summary>A successful response without a charset, as the OpenID Connect endpoints send it.</summary>
    public static IResult Plain(JsonNode content) => new JsonResult(content, PlainContentType);

    public static JsonArray Array(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);

    public static string Text(JsonNode content) => content.ToJsonString(Options);

    public static Task WriteAsync(HttpContext context, JsonNode content, string type)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(content, Options);
        context.Response.ContentType = type;
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes).AsTask();
    }

    private sealed class JsonResult(JsonNode content, string type) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext, content, type);
    }
}
