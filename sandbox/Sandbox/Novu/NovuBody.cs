using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sandbox.Novu;

/// <summary>The JSON object in a call's body. A field of the wrong type is refused, and the refusal names it.</summary>
internal sealed class NovuBody(JsonObject json)
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public static async Task<NovuBody> ReadAsync(HttpRequest request)
    {
        try
        {
            var node = await JsonNode.ParseAsync(
                request.Body, documentOptions: Strict, cancellationToken: request.HttpContext.RequestAborted);
            return node is JsonObject json ? new NovuBody(json) : throw Malformed("the body is no JSON object");
        }
        catch (JsonException)
        {
            throw Malformed("the body is no JSON");
        }
    }

    public JsonNode? this[string field] => json[field];

    public bool Has(string field) => json.ContainsKey(field);

    public string? Text(string field) => json[field] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        var other => throw NovuException.Invalid(field, $"{field} must be a string", other),
    };

    public string RequiredText(string field) => Text(field) is { Length: > 0 } text
        ? text
        : throw NovuException.Invalid(field, $"{field} should not be empty", json[field]);

    public bool? Flag(string field) => json[field] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<bool>(out var flag) => flag,
        var other => throw NovuException.Invalid(field, $"{field} must be a boolean value", other),
    };

    public JsonObject? Object(string field) => json[field] switch
    {
        null => null,
        JsonObject value => value.DeepClone().AsObject(),
        var other => throw NovuException.Invalid(field, $"{field} must be an object", other),
    };

    public JsonArray? Array(string field) => json[field] switch
    {
        null => null,
        JsonArray value => value.DeepClone().AsArray(),
        var other => throw NovuException.Invalid(field, $"{field} must be an array", other),
    };

    private static NovuException Malformed(string message) => new(400, message, "Bad Request");
}
