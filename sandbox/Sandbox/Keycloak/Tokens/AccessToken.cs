using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Tokens;

/// <summary>
/// A valid bearer token: signed by its realm and not expired, with an existing client, user and session.
/// </summary>
internal sealed record AccessToken(Realm Realm, Client Client, User User, Session? Session, Document Claims)
{
    /// <summary>
    /// Returns null for an invalid token; <paramref name="reason"/> is then the error text of the real server. A
    /// disabled realm does not invalidate the token: the real server still accepts it.
    /// </summary>
    public static AccessToken? Verify(HttpContext context, World world, string token, out string reason)
    {
        var state = context.Keycloak();
        reason = "Token verification failed";
        var issuer = Jwt.Peek(token)?.Text("iss");
        if (world.Realms.Values.FirstOrDefault(realm => context.IssuerOf(realm) == issuer) is not { } realm
            || Jwt.Verify(state.KeysOf(realm), token) is not { } claims || claims.Text("typ") != "Bearer"
            || claims.Root.GetProperty("exp").GetInt64() <= state.Seconds
            || realm.ClientNamed(claims.Text("azp") ?? "") is not { } client)
            return null;
        reason = "Client disabled";
        if (!client.Enabled)
            return null;
        reason = "user_session_not_found";
        var session = claims.Text("sid") is { } sid ? world.Sessions.GetValueOrDefault(sid) : null;
        if (claims.Has("sid")
            && (session?.IsLive(realm, state.Seconds) != true || !session.Clients.Contains(client.Id)))
            return null;
        if (realm.Users.GetValueOrDefault(claims.Text("sub") ?? session?.UserId ?? "") is not { } user)
            return null;
        reason = "User disabled";
        return user.Enabled ? new AccessToken(realm, client, user, session, claims) : null;
    }
}
