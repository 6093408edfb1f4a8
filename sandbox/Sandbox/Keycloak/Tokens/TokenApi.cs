using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Oidc;

namespace Sandbox.Keycloak.Tokens;

/// <summary>The token endpoint: password, client_credentials, refresh_token and authorization_code.</summary>
internal static class TokenApi
{
    public static void MapTokens(this IEndpointRouteBuilder app) =>
        app.MapPost("/realms/{realm}/protocol/openid-connect/token", DrawAsync);

    private static async Task<IResult> DrawAsync(HttpContext context, string realm)
    {
        NeverCached(context);
        var known = context.Keycloak().Current.Find(realm) ?? throw Refusal.Error(404, "Realm does not exist");
        if (!known.Enabled)
            throw Refusal.OAuth(403, "access_denied", "Realm not enabled");
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync() : FormCollection.Empty;
        if (form["grant_type"].ToString() is not { Length: > 0 } grant)
            throw Refusal.OAuth(400, "invalid_request", "Missing form parameter: grant_type");
        if (form.Any(field => field.Value.Count > 1))
            throw Refusal.OAuth(400, "invalid_request", "duplicated parameter");
        Func<HttpContext, Realm, Client, IFormCollection, TokenIssuer> draw = grant switch
        {
            "password" => PasswordGrant.Draw,
            "client_credentials" => ClientCredentialsGrant.Draw,
            "refresh_token" => RefreshGrant.Draw,
            "authorization_code" => CodeGrant.Draw,
            _ => throw Refusal.OAuth(400, "unsupported_grant_type", "Unsupported grant_type"),
        };
        var client = ClientAuthentication.Authenticate(context, known, form);
        Cors.AllowFor(context, client);
        return KeycloakJson.Plain(draw(context, known, client, form).Answer());
    }

    private static void NeverCached(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Pragma = "no-cache";
    }
}
