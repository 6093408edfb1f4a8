using System.Globalization;
using System.Text.Json.Nodes;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Tokens;

/// <summary>Who a token is about, and for whom: what protocol mappers draw their claims from.</summary>
internal sealed record TokenSubject(Realm Realm, Client Client, User User, Session? Session, IReadOnlyList<Role> Roles)
{
    /// <summary>What the login noted about itself: for the service accounts, where the client called from.</summary>
    public IReadOnlyDictionary<string, string> Notes { get; init; } = new Dictionary<string, string>();
}

/// <summary>The protocol mappers of Keycloak that the product's realms use. Unknown ones put in nothing.</summary>
internal static class ProtocolMappers
{
    /// <summary>
    /// Puts in the claims of the mappers that are on for the target: <c>access.token.claim</c>,
    /// <c>lightweight.claim</c>, <c>id.token.claim</c> or <c>userinfo.token.claim</c>.
    /// </summary>
    public static void Apply(IEnumerable<Document> mappers, string target, TokenSubject subject, JsonObject claims)
    {
        // Role mappers come before the audience that is resolved from the roles.
        foreach (var mapper in mappers.OrderBy(mapper => mapper.Text("protocolMapper") == AudienceResolve ? 1 : 0))
        {
            if (mapper.Section("config").Flag(target)
                || (target == "access.token.claim" && IsAlwaysInAccessToken(mapper)))
                Apply(mapper, subject, claims);
        }
    }

    private const string AudienceResolve = "oidc-audience-resolve-mapper";

    private static bool IsAlwaysInAccessToken(Document mapper) =>
        mapper.Text("protocolMapper") is AudienceResolve or "oidc-allowed-origins-mapper"
        && !mapper.Section("config").Has("access.token.claim");

    private static void Apply(Document mapper, TokenSubject subject, JsonObject claims)
    {
        var config = mapper.Section("config");
        switch (mapper.Text("protocolMapper"))
        {
            case "oidc-sub-mapper":
                claims["sub"] = subject.User.Id;
                break;
            case "oidc-acr-mapper":
                claims["acr"] = "1";
                break;
            case "oidc-usermodel-attribute-mapper":
                Put(claims, config, subject.User.Values(config.Text("user.attribute") ?? ""));
                break;
            case "oidc-usermodel-property-mapper":
                Put(claims, config, Property(subject.User, config.Text("user.attribute") ?? ""));
                break;
            case "oidc-full-name-mapper":
                Put(claims, "name",
                    string.Join(' ', subject.User.Values("firstName").Concat(subject.User.Values("lastName"))));
                break;
            case "oidc-usersessionmodel-note-mapper":
                Put(claims, config, Note(subject, config.Text("user.session.note") ?? ""));
                break;
            case "oidc-hardcoded-claim-mapper":
                Put(claims, config, config.Texts("claim.value"));
                break;
            case "oidc-usermodel-realm-role-mapper":
                PutRoles(claims, config, null, subject.Roles.Where(role => role.ClientId is null),
                    config.Text("usermodel.realmRoleMapping.rolePrefix"));
                break;
            case "oidc-usermodel-client-role-mapper":
                PutClientRoles(claims, config, subject);
                break;
            case AudienceResolve:
                foreach (var id in subject.Roles.Select(role => role.ClientId).OfType<string>().Distinct())
                    AddAudience(claims, subject.Realm.Clients[id].ClientId, subject.Client);
                break;
            case "oidc-audience-mapper":
                AddAudience(claims, config.Text("included.client.audience") is { Length: > 0 } client
                    ? client : config.Text("included.custom.audience"), null);
                break;
            case "oidc-allowed-origins-mapper":
                PutOrigins(claims, subject.Client);
                break;
            default:
                break;
        }
    }

    private static IReadOnlyList<string> Property(User user, string name) => name switch
    {
        "emailVerified" => [user.Settings.Flag("emailVerified") ? "true" : "false"],
        "enabled" => [user.Enabled ? "true" : "false"],
        "id" => [user.Id],
        _ => user.Values(name),
    };

    private static IReadOnlyList<string> Note(TokenSubject subject, string name) => name switch
    {
        "AUTH_TIME" when subject.Session is { Browser: true } login =>
            [login.Started.ToString(CultureInfo.InvariantCulture)],
        _ => subject.Notes.TryGetValue(name, out var note) ? [note] : [],
    };

    private static void PutClientRoles(JsonObject claims, Document config, TokenSubject subject)
    {
        var only = config.Text("usermodel.clientRoleMapping.clientId");
        foreach (var roles in subject.Roles.Where(role => role.ClientId is not null).GroupBy(role => role.ClientId!))
        {
            var client = subject.Realm.Clients[roles.Key].ClientId;
            if (only is not { Length: > 0 } || only == client)
                PutRoles(claims, config, client, roles, config.Text("usermodel.clientRoleMapping.rolePrefix"));
        }
    }

    private static void PutRoles(
        JsonObject claims, Document config, string? client, IEnumerable<Role> roles, string? prefix)
    {
        var names = roles.Select(role => prefix + role.Name).ToList();
        if (names.Count == 0)
            return;
        // A dot divides the steps of a claim's path; those of a client's name are part of it.
        var path = (config.Text("claim.name") ?? "").Split('.')
            .Select(step => step == "${client_id}" ? client ?? step : step).ToArray();
        var place = Place(claims, path);
        place[path[^1]] = new JsonArray([
            .. (place[path[^1]] as JsonArray ?? []).Select(known => known!.GetValue<string>())
                .Union(names).Select(name => JsonValue.Create(name))]);
    }

    /// <summary>
    /// The origins from which pages may use the client's tokens; + stands for those of its redirect URIs.
    /// </summary>
    public static IReadOnlyList<string> OriginsOf(Client client) =>
    [
        .. client.Settings.Texts("webOrigins")
            .SelectMany(origin => origin == "+"
                ? client.Settings.Texts("redirectUris").Select(Origin).OfType<string>() : [origin])
            .Distinct(),
    ];

    private static void PutOrigins(JsonObject claims, Client client)
    {
        var origins = OriginsOf(client);
        if (origins.Count > 0)
            claims["allowed-origins"] = new JsonArray([.. origins.Select(origin => JsonValue.Create(origin))]);
    }

    private static string? Origin(string uri) =>
        Uri.TryCreate(uri, UriKind.Absolute, out var parsed) ? parsed.GetLeftPart(UriPartial.Authority) : null;

    private static void AddAudience(JsonObject claims, string? audience, Client? unless)
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

    private static void Put(JsonObject claims, Document config, IReadOnlyList<string> values)
    {
        if (values.Count == 0 || config.Text("claim.name") is not { Length: > 0 } name)
            return;
        var type = config.Text("jsonType.label") ?? "String";
        var path = name.Split('.');
        Place(claims, path)[path[^1]] = config.Flag("multivalued")
            ? new JsonArray([.. values.Select(value => Convert(value, type))])
            : Convert(values[0], type);
    }

    private static void Put(JsonObject claims, string name, string value)
    {
        if (value.Length > 0)
            claims[name] = value;
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
