using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Tokens;

internal static class PasswordGrant
{
    public static TokenIssuer Authorize(HttpContext context, Realm realm, Client client, IFormCollection form)
    {
        if (!client.Settings.GetBoolean("directAccessGrantsEnabled"))
        {
            throw KeycloakException.OAuthError(
                400, "unauthorized_client", "Client not allowed for direct access grants");
        }
        var scope = TokenScope.Parse(client, form["scope"]);
        if (form["username"].ToString() is not { Length: > 0 } name)
            throw KeycloakException.OAuthError(401, "invalid_request", "Missing parameter: username");
        var user = Logins.FindUser(realm, name);
        if (!Logins.VerifyPassword(context.GetState(), realm, user, form["password"].ToString()))
            throw KeycloakException.OAuthError(400, "invalid_grant", "Invalid user credentials");
        if (!user.Enabled)
            throw KeycloakException.OAuthError(400, "invalid_grant", "Account disabled");
        if (Logins.GetPendingActions(realm, user).Count > 0)
            throw KeycloakException.OAuthError(400, "invalid_grant", "Account is not fully set up");
        var session = Logins.StartSession(context.GetState(), realm, user, client);
        var roles = TokenScope.GetVisibleRoles(realm, client, user).ToList();
        var subject = OfflineSessions.Enter(context, new(realm, client, user, session, roles), scope);
        return new TokenIssuer(context, subject, scope, "ro");
    }
}
