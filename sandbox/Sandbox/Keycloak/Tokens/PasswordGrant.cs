using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Tokens;

internal static class PasswordGrant
{
    public static TokenIssuer Draw(HttpContext context, Realm realm, Client client, IFormCollection form)
    {
        if (!client.Settings.Flag("directAccessGrantsEnabled"))
            throw Refusal.OAuth(400, "unauthorized_client", "Client not allowed for direct access grants");
        var scope = TokenScope.Parse(client, form["scope"]);
        if (form["username"].ToString() is not { Length: > 0 } name)
            throw Refusal.OAuth(401, "invalid_request", "Missing parameter: username");
        var user = Logins.Find(realm, name);
        if (!Logins.Proves(context.Keycloak(), realm, user, form["password"].ToString()))
            throw Refusal.OAuth(400, "invalid_grant", "Invalid user credentials");
        if (!user.Enabled)
            throw Refusal.OAuth(400, "invalid_grant", "Account disabled");
        if (Logins.OpenActions(realm, user).Count > 0)
            throw Refusal.OAuth(400, "invalid_grant", "Account is not fully set up");
        var session = Logins.Start(context.Keycloak(), realm, user, client);
        var roles = TokenScope.RolesIn(realm, client, user).ToList();
        return new TokenIssuer(context, new TokenSubject(realm, client, user, session, roles), scope, "ro");
    }
}
