using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Oidc;

namespace Sandbox.Keycloak.Tokens;

/// <summary>The token endpoint: password, client_credentials, refresh_token and authorization_code.</summary>
internal static class TokenApi
{
    private static readonly string[] UnplayedGrants =
    [
        "urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "urn:ietf:params:oauth:grant-type:token-exchange", "urn:ietf:params:oauth:grant-type:uma-ticket",
        "urn:openid:params:grant-type:ciba",
    ];

    public static void MapTokens(this IEndpointRouteBuilder app) =>
        app.MapPost("/realms/{realm}/protocol/openid-connect/token", IssueAsync);

    private static async Task<IResult> IssueAsync(HttpContext context, string realm)
    {
        DisableCaching(context);
        var found = context.GetState().GetRealm(realm);
        if (!found.Enabled)
            throw KeycloakException.OAuthError(403, "access_denied", "Realm not enabled");
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync() : FormCollection.Empty;
        if (form["grant_type"].ToString() is not { Length: > 0 } grant)
            throw KeycloakException.OAuthError(400, "invalid_request", "Missing form parameter: grant_type");
        if (form.Any(field => field.Value.Count > 1))
            throw KeycloakException.OAuthError(400, "invalid_request", "duplicated parameter");
        Func<HttpContext, Realm, Client, IFormCollection, TokenIssuer> authorize = grant switch
        {
            "password" => PasswordGrant.Authorize,
            "client_credentials" => ClientCredentialsGrant.Authorize,
            "refresh_token" => RefreshGrant.Authorize,
            "authorization_code" => CodeGrant.Authorize,
            _ when UnplayedGrants.Contains(grant) => throw KeycloakException.NotImplemented($"the grant {grant}"),
            _ => throw KeycloakException.OAuthError(400, "unsupported_grant_type", "Unsupported grant_type"),
        };
        var client = ClientAuthentication.Authenticate(context, found, form);
        Cors.AllowClientOrigins(context, client);
        return KeycloakJson.Plain(authorize(context, found, client, form).CreateResponse());
    }

    private static void DisableCaching(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Pragma = "no-cache";
    }
}
