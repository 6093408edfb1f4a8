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
            throw Refusal.OAuth(403, "invalid_request", "Client not allowed.");
        if (form["token"].ToString() is not { Length: > 0 } text)
            throw Refusal.OAuth(400, "invalid_request", "Token not provided.");
        // Only the client or an audience of the token may read its claims.
        if (AccessToken.Verify(context, context.Keycloak().Current, text, out _) is not { } token
            || !IsFor(token, client))
            return KeycloakJson.Plain(new JsonObject { ["active"] = false });
        var answer = token.Claims.ToObject();
        answer["client_id"] = token.Client.ClientId;
        answer["username"] = token.User.Username;
        answer["token_type"] = "Bearer";
        answer["active"] = true;
        return KeycloakJson.Plain(answer);
    }

    private static async Task<IResult> RevokeAsync(HttpContext context, string realm)
    {
        var (known, client, form) = await ReadAsync(context, realm);
        var state = context.Keycloak();
        var text = form["token"].ToString();
        var claims = Jwt.VerifyInternal(state.KeysOf(known), text) ?? Jwt.Verify(state.KeysOf(known), text);
        if (claims?.Text("azp") != client.ClientId
            || state.Current.Sessions.GetValueOrDefault(claims.Text("sid") ?? "") is not { } session)
            return KeycloakJson.Plain(
                new JsonObject { ["error"] = "invalid_token", ["error_description"] = "Invalid token" });
        Logins.End(state, session);
        return Results.Ok();
    }

    private static bool IsFor(AccessToken token, Client client) =>
        token.Client.Id == client.Id || token.Claims.Texts("aud").Contains(client.ClientId);

    private static async Task<(Realm Realm, Client Client, IFormCollection Form)> ReadAsync(
        HttpContext context, string realm)
    {
        var known = context.Keycloak().Current.Find(realm) ?? throw Refusal.Error(404, "Realm does not exist");
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync() : FormCollection.Empty;
        return (known, ClientAuthentication.Authenticate(context, known, form), form);
    }
}
