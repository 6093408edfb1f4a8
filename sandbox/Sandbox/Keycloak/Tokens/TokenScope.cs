using Sandbox.Keycloak.Defaults;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Tokens;

/// <summary>The scopes of a token: the client's default scopes and the requested optional ones.</summary>
internal sealed class TokenScope
{
    private const string OpenId = "openid";

    private TokenScope(bool isOpenId, IReadOnlyList<string> names)
    {
        IsOpenId = isOpenId;
        Names = names;
    }

    public bool IsOpenId { get; }

    public IReadOnlyList<string> Names { get; }

    /// <summary>The <c>scope</c> claim of an access token.</summary>
    public string Shown => string.Join(' ', Names
        .Where(name => Template.ClientScopes[name].Section("attributes").Text("include.in.token.scope") == "true")
        .OrderBy(name => name == "profile" ? 0 : 1)
        .Prepend(IsOpenId ? OpenId : "").Where(name => name.Length > 0));

    /// <summary>The <c>scope</c> claim of a refresh token.</summary>
    public string Full => string.Join(' ', Names.Prepend(IsOpenId ? OpenId : "").Where(name => name.Length > 0));

    /// <exception cref="Refusal">400: a requested scope is not available to the client.</exception>
    public static TokenScope Parse(Client client, string? asked)
    {
        if (!IsAllowed(client, asked))
            throw Refusal.OAuth(400, "invalid_scope", $"Invalid scopes: {asked}");
        var wanted = Split(asked);
        return new TokenScope(
            wanted.Contains(OpenId), [.. Defaults(client).Union(wanted.Where(name => name != OpenId))]);
    }

    public static bool IsAllowed(Client client, string? asked)
    {
        var known = Defaults(client).Concat(client.Settings.Texts("optionalClientScopes")).Append(OpenId).ToHashSet();
        return Split(asked).All(known.Contains);
    }

    private static string[] Split(string? scopes) => (scopes ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<string> Defaults(Client client) =>
        client.Settings.Texts("defaultClientScopes").Where(Template.ClientScopes.ContainsKey);

    /// <summary>The protocol mappers of the scopes and of the client.</summary>
    public IEnumerable<Document> MappersOf(Client client) =>
        Names.SelectMany(name => Template.ClientScopes[name].Items("protocolMappers")).Concat(client.Mappers);

    /// <summary>
    /// The user's roles that the client may see: all of them with full scope, otherwise the client's own.
    /// </summary>
    public static IEnumerable<Role> RolesIn(Realm realm, Client client, User user) =>
        realm.Expand(user.Roles).Where(role => client.SeesAllRoles || role.ClientId == client.Id);
}
