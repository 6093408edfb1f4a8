using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Keycloak.Defaults;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Representations;

/// <summary>
/// Reads a request body as strictly as Keycloak's JSON mapper: unknown fields are rejected with their position, scalars
/// are converted as in Java (a number to a string, "true" to a boolean), and all other mismatches are errors.
/// </summary>
internal static class RepresentationReader
{
    private const int MaxDepth = 64;

    /// <summary>The representation in the request's body.</summary>
    /// <exception cref="KeycloakException">
    /// The body is not JSON (400), not this representation (400), or missing (500).
    /// </exception>
    public static async Task<Document> ReadAsync(HttpContext context, string representation) =>
        new(JsonSerializer.SerializeToElement(await ReadNodeAsync(context, representation)));

    /// <summary>The array of representations in the request's body.</summary>
    public static async Task<IReadOnlyList<Document>> ReadArrayAsync(HttpContext context, string representation) =>
        [.. (await ReadNodeAsync(context, representation + "[]")).AsArray()
            .OfType<JsonObject>().Select(Document.From)];

    private static async Task<JsonNode> ReadNodeAsync(HttpContext context, string type)
    {
        if (context.Request.ContentType is { } contentType
            && !contentType.StartsWith("application/json", StringComparison.OrdinalIgnoreCase))
            throw KeycloakException.Error(415, "The content-type header value did not match the value in @Consumes");
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        return Read(buffer.ToArray(), type) ?? throw KeycloakException.UnknownError;
    }

    private static JsonNode? Read(byte[] json, string type)
    {
        if (json.AsSpan().Trim(" \t\r\n"u8).IsEmpty)
            return null;
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
            reader.Read();
            return ReadValue(ref reader, json, type);
        }
        catch (JsonException)
        {
            throw KeycloakException.OAuthError(400, "invalid_request", "Cannot parse the JSON");
        }
    }

    private static JsonNode? ReadValue(ref Utf8JsonReader reader, byte[] json, string type)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return null;
        if (type.EndsWith("[]", StringComparison.Ordinal))
            return ReadArray(ref reader, json, type[..^2]);
        if (type.StartsWith("map<", StringComparison.Ordinal))
            return ReadObject(ref reader, json, _ => type[4..^1]);
        if (Template.Representations.TryGetValue(type, out var fields))
            return ReadObject(ref reader, json, name =>
                fields.GetValueOrDefault(name) ?? fields.GetValueOrDefault("*"), type);
        return type == "any" ? JsonNode.Parse(ref reader) : ReadScalar(ref reader, type);
    }

    private static JsonArray ReadArray(ref Utf8JsonReader reader, byte[] json, string itemType)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw WrongType();
        var items = new JsonArray();
        while (ReadToken(ref reader) != JsonTokenType.EndArray)
            items.Add(ReadValue(ref reader, json, itemType));
        return items;
    }

    private static JsonObject ReadObject(
        ref Utf8JsonReader reader, byte[] json, Func<string, string?> typeOf, string representation = "")
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw WrongType();
        var content = new JsonObject();
        while (ReadToken(ref reader) != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            ReadToken(ref reader);
            var type = typeOf(name) ?? throw UnrecognizedField(ref reader, json, name, representation);
            content[name] = ReadValue(ref reader, json, type);
        }
        return content;
    }

    private static JsonValue? ReadScalar(ref Utf8JsonReader reader, string type)
    {
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            throw WrongType();
        var text = reader.TokenType == JsonTokenType.String
            ? reader.GetString()!
            : System.Text.Encoding.UTF8.GetString(reader.ValueSpan);
        return type switch
        {
            "string" => JsonValue.Create(text),
            _ when text.Length == 0 => null,
            "bool" when bool.TryParse(text, out var flag) => JsonValue.Create(flag),
            "int" when int.TryParse(text, out var number) => JsonValue.Create(number),
            "long" when long.TryParse(text, out var number) => JsonValue.Create(number),
            _ => throw WrongType(),
        };
    }

    private static JsonTokenType ReadToken(ref Utf8JsonReader reader) =>
        reader.Read() ? reader.TokenType : throw new JsonException();

    private static KeycloakException WrongType() =>
        KeycloakException.OAuthError(400, "unknown_error", "Cannot parse the JSON");

    /// <summary>
    /// The position is that of Keycloak's mapper: after the opening quote of a string, or after any other token.
    /// </summary>
    private static KeycloakException UnrecognizedField(
        ref Utf8JsonReader reader, byte[] json, string name, string representation)
    {
        var position = reader.TokenType == JsonTokenType.String
            ? (int)reader.TokenStartIndex + 1
            : (int)reader.BytesConsumed;
        var before = json.AsSpan(0, position);
        var line = before.Count((byte)'\n') + 1;
        var column = position - before.LastIndexOf((byte)'\n');
        return KeycloakException.Error(400, $"Invalid json representation for {representation}. "
            + $"Unrecognized field \"{name}\" at line {line} column {column}.");
    }
}
