using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;

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
            || claims.GetString("typ") != "Refresh" || claims.GetString("iss") != context.GetIssuer(realm))
            throw Invalid("Invalid refresh token");
        if (claims.Root.GetProperty("exp").GetInt64() <= state.UnixSeconds)
            throw Invalid("Token is not active");
        if (claims.GetString("azp") != client.ClientId)
            throw Invalid("Invalid refresh token. Token client and authorized client don't match");
        var session = state.Current.Sessions.GetValueOrDefault(claims.GetString("sid") ?? "");
        if (session is null || !session.IsLive(realm, state.UnixSeconds))
            throw Invalid("Session not active");
        if (!session.Clients.Contains(client.Id))
            throw Invalid("Session doesn't have required client");
        if (realm.Users.GetValueOrDefault(session.UserId) is not { } user)
            throw Invalid("Session not active");
        if (!user.Enabled)
            throw Invalid("User disabled");
        session = Logins.TouchSession(state, session);
        var roles = TokenScope.GetVisibleRoles(realm, client, user).ToList();
        var scope = TokenScope.Parse(client, claims.GetString("scope"));
        return new TokenIssuer(context, new TokenSubject(realm, client, user, session, roles), scope, "rt");
    }

    private static KeycloakException Invalid(string description) =>
        KeycloakException.OAuthError(400, "invalid_grant", description);
}
