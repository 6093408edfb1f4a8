using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Tokens;

/// <summary>A bearer token that holds: signed by its realm, not expired, its user and login still there.</summary>
internal sealed record AccessToken(Realm Realm, Client Client, User User, Session? Session, Document Claims)
{
    /// <summary>Null for a token that does not hold, for whatever reason.</summary>
    public static AccessToken? Verify(HttpContext context, World world, string token)
    {
        var state = context.Keycloak();
        var issuer = Jwt.Peek(token)?.Text("iss");
        if (world.Realms.Values.FirstOrDefault(realm => context.IssuerOf(realm) == issuer) is not { Enabled: true } realm)
            return null;
        if (Jwt.Verify(state.KeysOf(realm), token) is not { } claims || !IsCurrent(context, realm, claims))
            return null;
        if (realm.ClientNamed(claims.Text("azp") ?? "") is not { Enabled: true } client)
            return null;
        var session = claims.Text("sid") is { } sid ? world.Sessions.GetValueOrDefault(sid) : null;
        if (claims.Has("sid") && (session?.IsLive(realm, state.Seconds) != true || !session.Clients.Contains(client.Id)))
            return null;
        var userId = claims.Text("sub") ?? session?.UserId;
        return userId is not null && realm.Users.GetValueOrDefault(userId) is { Enabled: true } user
            ? new AccessToken(realm, client, user, session, claims)
            : null;
    }

    /// <summary>Whether these are the claims of an access token of the realm that has not expired.</summary>
    public static bool IsCurrent(HttpContext context, Realm realm, Document claims) =>
        claims.Text("typ") == "Bearer" && claims.Text("iss") == context.IssuerOf(realm)
        && claims.Root.GetProperty("exp").GetInt64() > context.Keycloak().Seconds;
}
