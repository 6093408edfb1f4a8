using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Sandbox.Keycloak.Model;

/// <summary>An immutable JSON object, for the fields of a representation without a property of their own.</summary>
[JsonConverter(typeof(DocumentConverter))]
public sealed class Document(JsonElement root)
{
    public static readonly Document Empty = new(JsonElement.Parse("{}"));

    public JsonElement Root { get; } = root;

    public static Document From(JsonObject content) => new(JsonSerializer.SerializeToElement(content));

    public string? GetString(string name) => Find(name) switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False } other => other.GetRawText(),
        _ => null,
    };

    public bool GetBoolean(string name) =>
        Find(name) is { ValueKind: JsonValueKind.True or JsonValueKind.String } value
        && (value.ValueKind == JsonValueKind.True || value.GetString() == "true");

    public int GetInt32(string name) => Find(name) is { ValueKind: JsonValueKind.Number } value ? value.GetInt32() : 0;

    public bool Has(string name) => Find(name) is not null;

    public Document GetObject(string name) =>
        Find(name) is { ValueKind: JsonValueKind.Object } section ? new Document(section) : Empty;

    public IEnumerable<Document> GetObjects(string name) =>
        Find(name) is { ValueKind: JsonValueKind.Array } array
            ? array.EnumerateArray()
                .Where(item => item.ValueKind == JsonValueKind.Object).Select(item => new Document(item))
            : [];

    /// <summary>The strings of an array; a single string counts as an array of one.</summary>
    public IReadOnlyList<string> GetStrings(string name) => Find(name) switch
    {
        { ValueKind: JsonValueKind.String } text => [text.GetString()!],
        { ValueKind: JsonValueKind.Array } array =>
            [.. array.EnumerateArray().Where(item => item.ValueKind != JsonValueKind.Null).Select(ToText)],
        _ => [],
    };

    public IEnumerable<string> Names => Root.EnumerateObject().Select(property => property.Name);

    /// <summary>Replaces fields by those of <paramref name="changes"/>; null fields there are ignored.</summary>
    public Document Merge(Document changes)
    {
        var merged = ToObject();
        foreach (var change in changes.Root.EnumerateObject().Where(c => c.Value.ValueKind != JsonValueKind.Null))
            merged[change.Name] = Copy(change.Value);
        return From(merged);
    }

    public Document With(string name, JsonNode? value)
    {
        if (value is null)
            return Without(name);
        var changed = ToObject();
        changed[name] = value;
        return From(changed);
    }

    public Document Without(params ReadOnlySpan<string> names)
    {
        var changed = ToObject();
        foreach (var name in names)
            changed.Remove(name);
        return From(changed);
    }

    public JsonObject ToObject() => JsonObject.Create(Root.Clone())!.DeepClone().AsObject();

    private static JsonNode? Copy(JsonElement value) => JsonSerializer.SerializeToNode(value);

    private static string ToText(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private JsonElement? Find(string name) =>
        Root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private sealed class DocumentConverter : JsonConverter<Document>
    {
        public override Document Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            new(JsonElement.ParseValue(ref reader));

        public override void Write(Utf8JsonWriter writer, Document value, JsonSerializerOptions options) =>
            value.Root.WriteTo(writer);
    }
}
