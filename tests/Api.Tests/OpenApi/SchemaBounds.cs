using System.Text.Json;
using System.Text.Json.Nodes;

namespace Api.Tests.OpenApi;

/// <summary>Bodies at the bounds of a schema of the document: each changes one property of a valid body.</summary>
internal static class SchemaBounds
{
    private static readonly JsonNode Schemas = JsonNode.Parse(
        typeof(ApiExtensions).Assembly.GetManifestResourceStream("openapi.json")!)!["components"]!["schemas"]!;

    /// <param name="schema">The schema's name.</param>
    /// <param name="valid">A valid body.</param>
    public static IEnumerable<BoundaryBody> Of(string schema, JsonObject valid) =>
        Of(Schemas[schema]!.AsObject(), [], valid);

    private static IEnumerable<BoundaryBody> Of(JsonObject schema, string[] parents, JsonObject valid)
    {
        var required = schema["required"]?.AsArray().Select(name => name!.GetValue<string>()).ToHashSet() ?? [];
        foreach (var (name, value) in schema["properties"]!.AsObject())
        {
            var property = value!.AsObject();
            string[] path = [.. parents, name];
            yield return Change(
                valid, path, (parent, last) => parent.Remove(last), isAccepted: !required.Contains(name));
            yield return Change(
                valid, path, (parent, last) => parent[last] = null, isAccepted: AllowsNull(property));
            if (Reference(property) is { } child)
            {
                foreach (var body in Of(Schemas[child]!.AsObject(), path, valid))
                {
                    yield return body;
                }
            }

            foreach (var (sample, isAccepted) in Samples(property))
            {
                yield return Change(valid, path, (parent, last) => parent[last] = sample(parent[last]), isAccepted);
            }
        }
    }

    private static IEnumerable<(Func<JsonNode?, JsonNode?> Value, bool IsAccepted)> Samples(JsonObject property)
    {
        if (property["minLength"]?.GetValue<int>() is > 0 and var min)
        {
            yield return (current => Text(property, current, min), true);
            yield return (current => Text(property, current, min - 1), false);
        }

        if (property["maxLength"]?.GetValue<int>() is { } max)
        {
            yield return (current => Text(property, current, max), true);
            yield return (current => Text(property, current, max + 1), false);
        }

        if (property["minimum"]?.GetValue<double>() is { } least)
        {
            yield return (_ => Number(property, least), true);
            yield return (_ => Number(property, least - 1), false);
        }

        if (property["maximum"]?.GetValue<double>() is { } most)
        {
            yield return (_ => Number(property, most), true);
            yield return (_ => Number(property, most > 1e9 ? most * 1.1 : most + 1), false);
        }

        if (property["minItems"]?.GetValue<int>() is { } fewest)
        {
            yield return (current => Items(property, current, fewest), true);
            yield return (current => Items(property, current, fewest - 1), false);
        }

        if (property["maxItems"]?.GetValue<int>() is { } longest)
        {
            yield return (current => Items(property, current, longest), true);
            yield return (current => Items(property, current, longest + 1), false);
        }
    }

    private static JsonValue Number(JsonObject property, double value) =>
        property["type"]!.ToJsonString().Contains("integer", StringComparison.Ordinal)
            ? JsonValue.Create((long)value)
            : JsonValue.Create(value);

    // The first item stays: a tenant's domains contain that of its lead.
    private static JsonArray Items(JsonObject property, JsonNode? current, int count) =>
        [.. Enumerable.Range(0, count).Select(i => i == 0
            ? current![0]!.DeepClone()
            : Text(property["items"]!.AsObject(), null, 10 + i))];

    /// <summary>Returns a text of this length which is valid otherwise.</summary>
    public static JsonNode Text(JsonObject property, JsonNode? current, int length) =>
        property["format"]?.GetValue<string>() switch
        {
            "idn-email" => Email(length, local: Math.Clamp(length - 5, 1, 64)),
            "idn-hostname" => Host(length),
            _ => current?.GetValueKind() is null or JsonValueKind.String
                ? new string('x', length)
                : throw new InvalidOperationException($"No text of {length} characters for {property}."),
        };

    private static string Email(int length, int local) =>
        $"{new string('a', local)}@{Host(length - 1 - local)}";

    // Labels of at most 63 characters, and a last one of two letters. Nothing shorter than four characters is a host.
    private static string Host(int length)
    {
        string labels = "";
        for (int left = length - 3; left > 0;)
        {
            int label = left == 64 ? 62 : Math.Min(left, 63);
            labels += new string('x', label);
            left -= label;
            if (left > 0)
            {
                labels += ".";
                left--;
            }
        }

        return labels.Length > 0 ? $"{labels}.xy" : "x.y"[..Math.Max(0, length)];
    }

    private static bool AllowsNull(JsonObject property) =>
        (property["type"] ?? property["oneOf"])?.ToJsonString().Contains("\"null\"", StringComparison.Ordinal) == true;

    private static string? Reference(JsonObject property)
    {
        var reference = property["$ref"] ?? property["oneOf"]?.AsArray()
            .Select(option => option!["$ref"]).FirstOrDefault(found => found is not null);
        return reference?.GetValue<string>().Split('/')[^1];
    }

    private static BoundaryBody Change(
        JsonObject valid, string[] path, Action<JsonObject, string> change, bool isAccepted)
    {
        var body = valid.DeepClone().AsObject();
        change(path[..^1].Aggregate(body, (node, name) => node[name]!.AsObject()), path[^1]);
        return new BoundaryBody(string.Join('.', path), body, isAccepted);
    }
}

/// <param name="Field">The path of the changed property.</param>
/// <param name="Body">The body.</param>
/// <param name="IsAccepted">Whether the schema admits it.</param>
internal sealed record BoundaryBody(string Field, JsonObject Body, bool IsAccepted);
