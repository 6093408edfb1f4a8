using System.Globalization;
using System.Text.Json.Nodes;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Tokens;

/// <summary>Adds claims to a token, at the path in the mapper's settings.</summary>
internal static class Claims
{
    public static void Set(JsonObject claims, Document config, IReadOnlyList<string> values)
    {
        if (values.Count == 0 || config.GetString("claim.name") is not { Length: > 0 } name)
            return;
        var type = config.GetString("jsonType.label") ?? "String";
        var path = name.Split('.');
        GetOrAddParent(claims, path)[path[^1]] = config.GetBoolean("multivalued")
            ? new JsonArray([.. values.Select(value => Convert(value, type))])
            : Convert(values[0], type);
    }

    public static void Set(JsonObject claims, string name, string value)
    {
        if (value.Length > 0)
            claims[name] = value;
    }

    public static void AddRoles(
        JsonObject claims, Document config, string? client, IEnumerable<Role> roles, string? prefix)
    {
        var names = roles.Select(role => prefix + role.Name).ToList();
        if (names.Count == 0)
            return;
        // A dot separates the segments of a claim's path; dots in a client's name do not.
        var path = (config.GetString("claim.name") ?? "").Split('.')
            .Select(segment => segment == "${client_id}" ? client ?? segment : segment).ToArray();
        var parent = GetOrAddParent(claims, path);
        parent[path[^1]] = new JsonArray([
            .. (parent[path[^1]] as JsonArray ?? []).Select(existing => existing!.GetValue<string>())
                .Union(names).Select(name => JsonValue.Create(name))]);
    }

    public static void AddAudience(JsonObject claims, string? audience, Client? except)
    {
        if (audience is not { Length: > 0 } || audience == except?.ClientId)
            return;
        var existing = claims["aud"] switch
        {
            JsonArray many => many.Select(value => value!.GetValue<string>()).ToList(),
            JsonValue value => [value.GetValue<string>()],
            _ => [],
        };
        if (!existing.Contains(audience))
            existing.Add(audience);
        claims["aud"] = existing.Count == 1
            ? existing[0] : new JsonArray([.. existing.Select(value => JsonValue.Create(value))]);
    }

    private static JsonObject GetOrAddParent(JsonObject claims, ReadOnlySpan<string> path)
    {
        var parent = claims;
        foreach (var segment in path[..^1])
        {
            if (parent[segment] is not JsonObject next)
                parent[segment] = next = [];
            parent = next;
        }
        return parent;
    }

    private static JsonValue Convert(string value, string type) => type switch
    {
        "boolean" => JsonValue.Create(value == "true"),
        "long" or "int" when long.TryParse(value, CultureInfo.InvariantCulture, out var number) =>
            JsonValue.Create(number),
        _ => JsonValue.Create(value),
    };
}
