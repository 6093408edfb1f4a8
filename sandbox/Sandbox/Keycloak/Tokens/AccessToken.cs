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
    public static AccessToken? Verify(HttpContext context, Snapshot snapshot, string token, out string reason,
        string type = "Bearer")
    {
        var state = context.GetState();
        reason = "Token verification failed";
        var issuer = Jwt.ReadUnverified(token)?.GetString("iss");
        if (snapshot.Realms.Values.FirstOrDefault(realm => context.GetIssuer(realm) == issuer) is not { } realm
            || Jwt.Verify(state.GetKeys(realm), token) is not { } claims || claims.GetString("typ") != type
            || claims.Root.GetProperty("exp").GetInt64() <= state.UnixSeconds
            || snapshot.RevokedTokens.ContainsKey(claims.GetString("jti")!)
            || realm.FindClient(claims.GetString("azp") ?? "") is not { } client)
            return null;
        reason = "Client disabled";
        if (!client.Enabled)
            return null;
        reason = "user_session_not_found";
        var session = claims.GetString("sid") is { } sid
            ? snapshot.FindLiveSession(sid, realm, client, state.UnixSeconds) : null;
        if (claims.Has("sid") && session is null)
            return null;
        if (realm.Users.GetValueOrDefault(claims.GetString("sub") ?? session?.UserId ?? "") is not { } user)
            return null;
        reason = "Token verification failed";
        if (claims.Root.GetProperty("iat").GetInt64() < user.NotBefore)
            return null;
        reason = "User disabled";
        return user.Enabled ? new AccessToken(realm, client, user, session, claims) : null;
    }
}
