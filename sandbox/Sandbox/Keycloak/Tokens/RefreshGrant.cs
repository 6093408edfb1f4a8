using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Tokens;

internal static class RefreshGrant
{
    public static TokenIssuer Draw(HttpContext context, Realm realm, Client client, IFormCollection form)
    {
        var state = context.Keycloak();
        if (form["refresh_token"].ToString() is not { Length: > 0 } token)
            throw Refusal.OAuth(400, "invalid_request", "No refresh token");
        var claims = Jwt.VerifyInternal(state.KeysOf(realm), token);
        if (claims is null || claims.Text("typ") != "Refresh" || claims.Text("iss") != context.IssuerOf(realm))
            throw Invalid("Invalid refresh token");
        if (claims.Root.GetProperty("exp").GetInt64() <= state.Seconds)
            throw Invalid("Token is not active");
        if (claims.Text("azp") != client.ClientId)
            throw Invalid("Invalid refresh token. Token client and authorized client don't match");
        var session = state.Current.Sessions.GetValueOrDefault(claims.Text("sid") ?? "");
        if (session is null || !session.IsLive(realm, state.Seconds))
            throw Invalid("Session not active");
        if (!session.Clients.Contains(client.Id))
            throw Invalid("Session doesn't have required client");
        if (realm.Users.GetValueOrDefault(session.UserId) is not { } user)
            throw Invalid("Session not active");
        if (!user.Enabled)
            throw Invalid("User disabled");
        session = Logins.Touch(state, session);
        var roles = TokenScope.RolesIn(realm, client, user).ToList();
        var scope = TokenScope.Parse(client, claims.Text("scope"));
        return new TokenIssuer(context, new TokenSubject(realm, client, user, session, roles), scope, "rt");
    }

    private static Refusal Invalid(string description) => Refusal.OAuth(400, "invalid_grant", description);
}
