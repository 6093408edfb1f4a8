using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Tokens;

internal static class ClientCredentialsGrant
{
    /// <summary>
    /// Issues tokens for the client's service account: without a session, so without a refresh token.
    /// </summary>
    public static TokenIssuer Authorize(HttpContext context, Realm realm, Client client, IFormCollection form)
    {
        if (client.IsPublic)
            throw Unauthorized("Public client not allowed to retrieve service account");
        if (!client.Settings.GetBoolean("serviceAccountsEnabled"))
            throw Unauthorized("Client not enabled to retrieve service account");
        var user = realm.Users.Values.First(user => user.ServiceAccountOf == client.Id);
        var roles = TokenScope.GetVisibleRoles(realm, client, user).ToList();
        var address = context.Connection.RemoteIpAddress?.ToString() ?? "127.0.0.1";
        var subject = new TokenSubject(realm, client, user, null, roles)
        {
            Notes = new Dictionary<string, string>
            {
                ["client_id"] = client.ClientId,
                ["clientHost"] = address,
                ["clientAddress"] = address,
            },
        };
        var scope = TokenScope.Parse(client, form["scope"]);
        return new TokenIssuer(context, OfflineSessions.Enter(context, subject, scope), scope, "cc");
    }

    private static KeycloakException Unauthorized(string description) =>
        KeycloakException.OAuthError(401, "unauthorized_client", description);
}
