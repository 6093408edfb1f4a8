using System.Text.Json.Nodes;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Tokens;

namespace Sandbox.Keycloak.Oidc;

/// <summary>Introspection for confidential clients, and token revocation.</summary>
internal static class IntrospectionApi
{
    public static void MapIntrospection(this IEndpointRouteBuilder app)
    {
        app.MapPost("/realms/{realm}/protocol/openid-connect/token/introspect", IntrospectAsync);
        app.MapPost("/realms/{realm}/protocol/openid-connect/revoke", RevokeAsync);
    }

    private static async Task<IResult> IntrospectAsync(HttpContext context, string realm)
    {
        var (_, client, form) = await ReadAsync(context, realm);
        if (client.IsPublic)
            throw KeycloakException.OAuthError(403, "invalid_request", "Client not allowed.");
        if (form["token"].ToString() is not { Length: > 0 } text)
            throw KeycloakException.OAuthError(400, "invalid_request", "Token not provided.");
        // Only the client or an audience of the token may read its claims.
        if (AccessToken.Verify(context, context.GetState().Current, text, out _) is not { } token
            || !IsIntendedFor(token, client))
            return KeycloakJson.Plain(new JsonObject { ["active"] = false });
        var response = token.Claims.ToObject();
        response["client_id"] = token.Client.ClientId;
        response["username"] = token.User.Username;
        response["token_type"] = "Bearer";
        response["active"] = true;
        return KeycloakJson.Plain(response);
    }

    private static async Task<IResult> RevokeAsync(HttpContext context, string realm)
    {
        var (found, client, form) = await ReadAsync(context, realm);
        var state = context.GetState();
        var text = form["token"].ToString();
        var claims = Jwt.VerifyInternal(state.GetKeys(found), text) ?? Jwt.Verify(state.GetKeys(found), text);
        if (claims?.GetString("azp") != client.ClientId
            || state.Current.Sessions.GetValueOrDefault(claims.GetString("sid") ?? "") is not { } session)
            return KeycloakJson.Plain(
                new JsonObject { ["error"] = "invalid_token", ["error_description"] = "Invalid token" });
        Logins.EndSession(state, session);
        return Results.Ok();
    }

    private static bool IsIntendedFor(AccessToken token, Client client) =>
        token.Client.Id == client.Id || token.Claims.GetStrings("aud").Contains(client.ClientId);

    private static async Task<(Realm Realm, Client Client, IFormCollection Form)> ReadAsync(
        HttpContext context, string realm)
    {
        var found = context.GetState().GetRealm(realm);
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync() : FormCollection.Empty;
        return (found, ClientAuthentication.Authenticate(context, found, form), form);
    }
}
