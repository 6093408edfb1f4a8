using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Storage;
using Sandbox.Keycloak.Tokens;

namespace Sandbox.Keycloak.Oidc;

/// <summary>Exchanges the code of a login for tokens, once.</summary>
internal static class CodeGrant
{
    public static TokenIssuer Authorize(HttpContext context, Realm realm, Client client, IFormCollection form)
    {
        if (form["code"].ToString() is not { Length: > 0 } code)
            throw KeycloakException.OAuthError(400, "invalid_request", "Missing parameter: code");
        var state = context.GetState();
        if (state.PendingLogins.TakeCode(code) is not { } issued || issued.RealmId != realm.Id)
        {
            RevokeTokens(state, realm, code);
            throw Invalid("Code not valid");
        }
        if (issued.Expires <= state.UnixSeconds)
            throw Invalid("Code is expired");
        if (issued.Request.ClientId != client.ClientId)
            throw Invalid("Auth error: Found different client_id in clientSession");
        if (issued.Request.RedirectUri != form["redirect_uri"].ToString())
            throw Invalid("Incorrect redirect_uri");
        if (Pkce.ValidateVerifier(issued.Request, form["code_verifier"].ToString()) is { } error)
            throw Invalid(error);
        var session = state.Current.Sessions.GetValueOrDefault(issued.SessionId);
        if (session?.IsLive(realm, state.UnixSeconds) != true
            || realm.Users.GetValueOrDefault(session.UserId) is not { Enabled: true } user)
            throw Invalid("Session not active");
        session = Logins.TouchSession(state, session with { Clients = session.Clients.Add(client.Id) });
        var roles = TokenScope.GetVisibleRoles(realm, client, user).ToList();
        var scope = TokenScope.Parse(client, issued.Request.Scope);
        var subject = OfflineSessions.Enter(context, new(realm, client, user, session, roles), scope);
        return new TokenIssuer(context, subject, scope, "ac")
        {
            Nonce = issued.Request.Nonce,
        };
    }

    /// <summary>A code that is redeemed twice may be stolen: revokes the tokens issued for it.</summary>
    private static void RevokeTokens(KeycloakState state, Realm realm, string code)
    {
        if (code.Split('.') is [_, var sessionId, var clientId])
        {
            state.Change(snapshot =>
                snapshot.Sessions.GetValueOrDefault(sessionId) is { } session && session.RealmId == realm.Id
                ? snapshot.With(session with { Clients = session.Clients.Remove(clientId) }) : snapshot);
        }
    }

    private static KeycloakException Invalid(string description) =>
        KeycloakException.OAuthError(400, "invalid_grant", description);
}
