using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Storage;

namespace Sandbox.Keycloak.Tokens;

internal static class RefreshGrant
{
    public static TokenIssuer Authorize(HttpContext context, Realm realm, Client client, IFormCollection form)
    {
        var state = context.GetState();
        if (form["refresh_token"].ToString() is not { Length: > 0 } token)
            throw KeycloakException.OAuthError(400, "invalid_request", "No refresh token");
        var claims = Jwt.VerifyInternal(state.GetKeys(realm), token);
        if (claims is null
            || claims.GetString("typ") is not ("Refresh" or "Offline")
            || claims.GetString("iss") != context.GetIssuer(realm))
            throw Invalid("Invalid refresh token");
        if (claims.Has("exp") && claims.Root.GetProperty("exp").GetInt64() <= state.UnixSeconds)
            throw Invalid("Token is not active");
        if (claims.GetString("azp") != client.ClientId)
            throw Invalid("Invalid refresh token. Token client and authorized client don't match");
        var isOffline = claims.GetString("typ") == "Offline";
        var session = state.Current.FindSession(claims.GetString("sid"), isOffline);
        if (session is null || !session.IsLive(realm, state.UnixSeconds))
            throw Invalid(isOffline ? "Offline user session not found" : "Session not active");
        if (!session.Clients.Contains(client.Id))
            throw Invalid("Session doesn't have required client");
        if (realm.Users.GetValueOrDefault(session.UserId) is not { } user)
            throw Invalid("Session not active");
        if (!user.Enabled)
            throw Invalid("User disabled");
        if (claims.Root.GetProperty("iat").GetInt64() < user.NotBefore)
            throw Invalid("Stale token");
        session = Logins.TouchSession(state, WithUse(state, realm, client, session, claims));
        var roles = TokenScope.GetVisibleRoles(realm, client, user).ToList();
        var scope = TokenScope.Parse(client, claims.GetString("scope"));
        return new TokenIssuer(context, new TokenSubject(realm, client, user, session, roles), scope, "rt");
    }

    // A realm that revokes refresh tokens accepts each one once, and then only those issued since. A reuse ends the
    // client's part of the session: either the thief or the user holds the other copy.
    private static Session WithUse(
        KeycloakState state, Realm realm, Client client, Session session, Document claims)
    {
        if (!realm.Settings.GetBoolean("revokeRefreshToken"))
            return session;
        var id = claims.GetString("jti")!;
        var last = session.RefreshTokens.GetValueOrDefault(client.Id);
        var reuses = last?.Id == id ? last.Reuses + 1 : 0;
        var reason = reuses > realm.Settings.GetInt32("refreshTokenMaxReuse")
            ? "Maximum allowed refresh token reuse exceeded"
            : last is not null && last.Id != id && claims.Root.GetProperty("iat").GetInt64() < last.At
                ? "Stale token" : null;
        if (reason is not null)
        {
            Logins.TouchSession(state, session with { Clients = session.Clients.Remove(client.Id) });
            throw Invalid(reason);
        }
        return session with
        {
            RefreshTokens = session.RefreshTokens.SetItem(
                client.Id, new UsedRefreshToken(id, reuses, state.UnixSeconds)),
        };
    }

    private static KeycloakException Invalid(string description) =>
        KeycloakException.OAuthError(400, "invalid_grant", description);
}
