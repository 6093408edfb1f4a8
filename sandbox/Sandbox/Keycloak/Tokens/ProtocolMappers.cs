using System.Globalization;
using System.Text.Json.Nodes;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Tokens;

/// <summary>The protocol mappers of Keycloak that the product's realms use. Other mappers add no claims.</summary>
internal static class ProtocolMappers
{
    /// <summary>
    /// Adds the claims of the mappers that are enabled for the target: <c>access.token.claim</c>,
    /// <c>lightweight.claim</c>, <c>id.token.claim</c> or <c>userinfo.token.claim</c>.
    /// </summary>
    public static void Apply(IEnumerable<Document> mappers, string target, TokenSubject subject, JsonObject claims)
    {
        // The audience is resolved from the roles, so role mappers run first.
        foreach (var mapper in mappers.OrderBy(mapper => mapper.GetString("protocolMapper") == AudienceResolve ? 1 : 0))
        {
            if (mapper.GetObject("config").GetBoolean(target)
                || (target == "access.token.claim" && IsAlwaysInAccessToken(mapper)))
                Apply(mapper, subject, claims);
        }
    }

    private const string AudienceResolve = "oidc-audience-resolve-mapper";

    private static bool IsAlwaysInAccessToken(Document mapper) =>
        mapper.GetString("protocolMapper") is AudienceResolve or "oidc-allowed-origins-mapper"
        && !mapper.GetObject("config").Has("access.token.claim");

    private static void Apply(Document mapper, TokenSubject subject, JsonObject claims)
    {
        var config = mapper.GetObject("config");
        switch (mapper.GetString("protocolMapper"))
        {
            case "oidc-sub-mapper":
                claims["sub"] = subject.User.Id;
                break;
            case "oidc-acr-mapper":
                claims["acr"] = "1";
                break;
            case "oidc-usermodel-attribute-mapper":
                Claims.Set(claims, config, subject.User.Values(config.GetString("user.attribute") ?? ""));
                break;
            case "oidc-usermodel-property-mapper":
                Claims.Set(claims, config, GetProperty(subject.User, config.GetString("user.attribute") ?? ""));
                break;
            case "oidc-full-name-mapper":
                Claims.Set(claims, "name",
                    string.Join(' ', subject.User.Values("firstName").Concat(subject.User.Values("lastName"))));
                break;
            case "oidc-usersessionmodel-note-mapper":
                Claims.Set(claims, config, GetNote(subject, config.GetString("user.session.note") ?? ""));
                break;
            case "oidc-hardcoded-claim-mapper":
                Claims.Set(claims, config, config.GetStrings("claim.value"));
                break;
            case "oidc-usermodel-realm-role-mapper":
                Claims.AddRoles(claims, config, null, subject.Roles.Where(role => role.ClientId is null),
                    config.GetString("usermodel.realmRoleMapping.rolePrefix"));
                break;
            case "oidc-usermodel-client-role-mapper":
                AddClientRoles(claims, config, subject);
                break;
            case AudienceResolve:
                foreach (var id in subject.Roles.Select(role => role.ClientId).OfType<string>().Distinct())
                    Claims.AddAudience(claims, subject.Realm.Clients[id].ClientId, subject.Client);
                break;
            case "oidc-audience-mapper":
                Claims.AddAudience(claims, config.GetString("included.client.audience") is { Length: > 0 } client
                    ? client : config.GetString("included.custom.audience"), null);
                break;
            case "oidc-allowed-origins-mapper":
                if (subject.Client.Origins is { Count: > 0 } origins)
                    claims["allowed-origins"] = new JsonArray([.. origins.Select(origin => JsonValue.Create(origin))]);
                break;
            default:
                break;
        }
    }

    private static IReadOnlyList<string> GetProperty(User user, string name) => name switch
    {
        "emailVerified" => [user.Settings.GetBoolean("emailVerified") ? "true" : "false"],
        "enabled" => [user.Enabled ? "true" : "false"],
        "id" => [user.Id],
        _ => user.Values(name),
    };

    private static IReadOnlyList<string> GetNote(TokenSubject subject, string name) => name switch
    {
        "AUTH_TIME" when subject.Session is { Browser: true } login =>
            [login.AuthTime.ToString(CultureInfo.InvariantCulture)],
        _ => subject.Notes.TryGetValue(name, out var note) ? [note] : [],
    };

    private static void AddClientRoles(JsonObject claims, Document config, TokenSubject subject)
    {
        var clientFilter = config.GetString("usermodel.clientRoleMapping.clientId");
        var prefix = config.GetString("usermodel.clientRoleMapping.rolePrefix");
        foreach (var roles in subject.Roles.Where(role => role.ClientId is not null).GroupBy(role => role.ClientId!))
        {
            var client = subject.Realm.Clients[roles.Key].ClientId;
            if (clientFilter is not { Length: > 0 } || clientFilter == client)
                Claims.AddRoles(claims, config, client, roles, prefix);
        }
    }
}
