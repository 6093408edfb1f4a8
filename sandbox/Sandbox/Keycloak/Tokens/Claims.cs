using System.Globalization;
using System.Text.Json.Nodes;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Tokens;

/// <summary>Adds claims to a token, at the path in the mapper's settings.</summary>
internal static class Claims
{
    public static void Put(JsonObject claims, Document config, IReadOnlyList<string> values)
    {
        if (values.Count == 0 || config.Text("claim.name") is not { Length: > 0 } name)
            return;
        var type = config.Text("jsonType.label") ?? "String";
        var path = name.Split('.');
        Place(claims, path)[path[^1]] = config.Flag("multivalued")
            ? new JsonArray([.. values.Select(value => Convert(value, type))])
            : Convert(values[0], type);
    }

    public static void Put(JsonObject claims, string name, string value)
    {
        if (value.Length > 0)
            claims[name] = value;
    }

    public static void PutRoles(
        JsonObject claims, Document config, string? client, IEnumerable<Role> roles, string? prefix)
    {
        var names = roles.Select(role => prefix + role.Name).ToList();
        if (names.Count == 0)
            return;
        // A dot separates the segments of a claim's path; dots in a client's name do not.
        var path = (config.Text("claim.name") ?? "").Split('.')
            .Select(step => step == "${client_id}" ? client ?? step : step).ToArray();
        var place = Place(claims, path);
        place[path[^1]] = new JsonArray([
            .. (place[path[^1]] as JsonArray ?? []).Select(known => known!.GetValue<string>())
                .Union(names).Select(name => JsonValue.Create(name))]);
    }

    public static void AddAudience(JsonObject claims, string? audience, Client? unless)
    {
        if (audience is not { Length: > 0 } || audience == unless?.ClientId)
            return;
        var known = claims["aud"] switch
        {
            JsonArray many => many.Select(one => one!.GetValue<string>()).ToList(),
            JsonValue one => [one.GetValue<string>()],
            _ => [],
        };
        if (!known.Contains(audience))
            known.Add(audience);
        claims["aud"] = known.Count == 1 ? known[0] : new JsonArray([.. known.Select(one => JsonValue.Create(one))]);
    }

    private static JsonObject Place(JsonObject claims, ReadOnlySpan<string> path)
    {
        var place = claims;
        foreach (var step in path[..^1])
        {
            if (place[step] is not JsonObject next)
                place[step] = next = [];
            place = next;
        }
        return place;
    }

    private static JsonValue Convert(string value, string type) => type switch
    {
        "boolean" => JsonValue.Create(value == "true"),
        "long" or "int" when long.TryParse(value, CultureInfo.InvariantCulture, out var number) =>
            JsonValue.Create(number),
        _ => JsonValue.Create(value),
    };
}
