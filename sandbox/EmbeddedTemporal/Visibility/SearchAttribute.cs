using System.Globalization;
using System.Text.Json;

namespace EmbeddedTemporal.Visibility;

/// <summary>The values of search attributes, which are JSON.</summary>
internal static class SearchAttribute
{
    /// <summary>Creates a value that the server sets.</summary>
    /// <param name="type">Temporal's type name, such as Keyword or Datetime.</param>
    public static Payload Create(string value, string type) => new()
    {
        Data = ByteString.CopyFromUtf8($"\"{value}\""),
        Metadata =
        {
            ["encoding"] = ByteString.CopyFromUtf8("json/plain"),
            ["type"] = ByteString.CopyFromUtf8(type),
        },
    };

    /// <summary>Whether the value has the type, is a list of such values, or removes the attribute.</summary>
    public static bool HasType(Payload value, IndexedValueType type)
    {
        if (value.Data.IsEmpty) return true;
        if (Parse(value) is not { } json) return false;
        return json.ValueKind switch
        {
            JsonValueKind.Null => true,
            JsonValueKind.Array => json.EnumerateArray().All(item => HasType(item, type)),
            _ => HasType(json, type),
        };
    }

    /// <summary>The values as JSON, one for a scalar and several for a list; none if it is no JSON.</summary>
    public static IReadOnlyList<JsonElement> Values(Payload value) => Parse(value) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray()],
        { } single => [single],
    };

    /// <summary>The value as messages show it: a text without its quotation marks.</summary>
    public static string Show(Payload value) =>
        Parse(value) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : value.Data.ToStringUtf8();

    private static bool HasType(JsonElement json, IndexedValueType type) => type switch
    {
        IndexedValueType.Int => json.ValueKind == JsonValueKind.Number && json.TryGetInt64(out _),
        IndexedValueType.Double => json.ValueKind == JsonValueKind.Number,
        IndexedValueType.Bool => json.ValueKind is JsonValueKind.True or JsonValueKind.False,
        IndexedValueType.Datetime => json.ValueKind == JsonValueKind.String && DateTimeOffset.TryParse(
            json.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _),
        _ => json.ValueKind == JsonValueKind.String,
    };

    private static JsonElement? Parse(Payload value)
    {
        try
        {
            return JsonElement.Parse(value.Data.Span);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
