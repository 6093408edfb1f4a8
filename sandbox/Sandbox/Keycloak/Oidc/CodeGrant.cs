using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Storage;
using Sandbox.Keycloak.Tokens;

namespace Sandbox.Keycloak.Oidc;

/// <summary>Exchanges the code of a login for tokens, once.</summary>
internal static class CodeGrant
{
    public static TokenIssuer Draw(HttpContext context, Realm realm, Client client, IFormCollection form)
    {
        if (form["code"].ToString() is not { Length: > 0 } code)
            throw Refusal.OAuth(400, "invalid_request", "Missing parameter: code");
        var state = context.Keycloak();
        if (state.Pending.Take(code) is not { } issued || issued.RealmId != realm.Id)
        {
            Distrust(state, realm, code);
            throw Invalid("Code not valid");
        }
        if (issued.Expires <= state.Seconds)
            throw Invalid("Code is expired");
        if (issued.Request.ClientId != client.ClientId)
            throw Invalid("Auth error: Found different client_id in clientSession");
        if (issued.Request.RedirectUri != form["redirect_uri"].ToString())
            throw Invalid("Incorrect redirect_uri");
        if (Pkce.Fault(issued.Request, form["code_verifier"].ToString()) is { } fault)
            throw Invalid(fault);
        var session = state.Current.Sessions.GetValueOrDefault(issued.SessionId);
        if (session?.IsLive(realm, state.Seconds) != true
            || realm.Users.GetValueOrDefault(session.UserId) is not { Enabled: true } user)
            throw Invalid("Session not active");
        session = Logins.Touch(state, session with { Clients = session.Clients.Add(client.Id) });
        var roles = TokenScope.RolesIn(realm, client, user).ToList();
        var scope = TokenScope.Parse(client, issued.Request.Scope);
        return new TokenIssuer(context, new TokenSubject(realm, client, user, session, roles), scope, "ac")
        {
            Nonce = issued.Request.Nonce,
        };
    }

    /// <summary>A code that is redeemed twice may be stolen: revokes the tokens issued for it.</summary>
    private static void Distrust(KeycloakState state, Realm realm, string code)
    {
        if (code.Split('.') is [_, var sessionId, var clientId])
        {
            state.Change(world =>
                world.Sessions.GetValueOrDefault(sessionId) is { } session && session.RealmId == realm.Id
                ? world.With(session with { Clients = session.Clients.Remove(clientId) }) : world);
        }
    }

    private static Refusal Invalid(string description) => Refusal.OAuth(400, "invalid_grant", description);
}
