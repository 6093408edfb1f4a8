using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Tokens;

namespace Sandbox.Keycloak.Oidc;

internal static class CodeGrant
{
    public static TokenIssuer Draw(HttpContext context, Realm realm, Client client, IFormCollection form) =>
        throw Refusal.OAuth(400, "invalid_grant", "Code not valid");
}
