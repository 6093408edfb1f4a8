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

    public bool IsOffline => Names.Contains("offline_access");

    /// <summary>The <c>scope</c> claim of an access token.</summary>
    public string AccessTokenClaim => string.Join(' ', Names
        .Where(IsInTokenScope)
        .OrderBy(name => name == "profile" ? 0 : 1)
        .Prepend(IsOpenId ? OpenId : "").Where(name => name.Length > 0));

    /// <summary>The <c>scope</c> claim of a refresh token.</summary>
    public string RefreshTokenClaim =>
        string.Join(' ', Names.Prepend(IsOpenId ? OpenId : "").Where(name => name.Length > 0));

    /// <exception cref="KeycloakException">400: a requested scope is not available to the client.</exception>
    public static TokenScope Parse(Client client, string? requested)
    {
        if (!IsAllowed(client, requested))
            throw KeycloakException.OAuthError(400, "invalid_scope", $"Invalid scopes: {requested}");
        var names = Split(requested);
        return new TokenScope(
            names.Contains(OpenId), [.. GetDefaults(client).Union(names.Where(name => name != OpenId))]);
    }

    public static bool IsAllowed(Client client, string? requested)
    {
        var allowed =
            GetDefaults(client).Concat(client.Settings.GetStrings("optionalClientScopes")).Append(OpenId).ToHashSet();
        return Split(requested).All(allowed.Contains);
    }

    // Without the attribute a scope is in the token, such as offline_access.
    private static bool IsInTokenScope(string name) =>
        Template.ClientScopes[name].GetObject("attributes") is var attributes
        && (!attributes.Has("include.in.token.scope") || attributes.GetBoolean("include.in.token.scope"));

    private static string[] Split(string? scopes) => (scopes ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<string> GetDefaults(Client client) =>
        client.Settings.GetStrings("defaultClientScopes").Where(Template.ClientScopes.ContainsKey);

    /// <summary>The protocol mappers of the scopes and of the client.</summary>
    public IEnumerable<Document> GetMappers(Client client) =>
        Names.SelectMany(name => Template.ClientScopes[name].GetObjects("protocolMappers")).Concat(client.Mappers);

    /// <summary>
    /// The user's roles that the client may see: all of them with full scope, otherwise the client's own.
    /// </summary>
    public static IEnumerable<Role> GetVisibleRoles(Realm realm, Client client, User user) =>
        realm.Expand(user.Roles).Where(role => client.SeesAllRoles || role.ClientId == client.Id);
}
