using System.Text.Json.Nodes;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Tokens;

namespace Sandbox.Keycloak.Oidc;

/// <summary>Introspection for confidential clients: whether a token is valid, and its claims.</summary>
internal static class IntrospectionApi
{
    public static void MapIntrospection(this IEndpointRouteBuilder app) =>
        app.MapPost("/realms/{realm}/protocol/openid-connect/token/introspect", IntrospectAsync);

    private static async Task<IResult> IntrospectAsync(HttpContext context, string realm)
    {
        var found = context.GetState().GetRealm(realm);
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync() : FormCollection.Empty;
        var caller = ClientAuthentication.Authenticate(context, found, form);
        if (caller.IsPublic)
            throw KeycloakException.OAuthError(403, "invalid_request", "Client not allowed.");
        if (form["token"].ToString() is not { Length: > 0 } text)
            throw KeycloakException.OAuthError(400, "invalid_request", "Token not provided.");
        var token = form["token_type_hint"].ToString() switch
        {
            "" or "access_token" => FindForAudience(context, caller, text),
            "refresh_token" => FindRefreshToken(context, found, caller, text),
            _ => throw KeycloakException.OAuthError(400, "invalid_request", "Unsupported token type."),
        };
        return KeycloakJson.Plain(token is null ? new JsonObject { ["active"] = false } : Describe(context, token));
    }

    /// <summary>A valid access or ID token that names the caller as an audience. Its own client is none.</summary>
    private static AccessToken? FindForAudience(HttpContext context, Client caller, string text)
    {
        var snapshot = context.GetState().Current;
        var token = AccessToken.Verify(context, snapshot, text, out _)
            ?? AccessToken.Verify(context, snapshot, text, out _, "ID");
        return token?.Claims.GetStrings("aud").Contains(caller.ClientId) == true ? token : null;
    }

    /// <summary>A valid refresh or offline token of the caller.</summary>
    private static AccessToken? FindRefreshToken(HttpContext context, Realm realm, Client caller, string text)
    {
        var state = context.GetState();
        var claims = Jwt.VerifyInternal(state.GetKeys(realm), text);
        if (claims?.GetString("typ") is not ("Refresh" or "Offline") || claims.GetString("azp") != caller.ClientId
            || (claims.Has("exp") && claims.Root.GetProperty("exp").GetInt64() <= state.UnixSeconds))
            return null;
        var session = state.Current.FindSession(claims.GetString("sid"), claims.GetString("typ") == "Offline");
        return session?.IsLive(realm, state.UnixSeconds) == true && session.Clients.Contains(caller.Id)
            && realm.Users.GetValueOrDefault(session.UserId) is { Enabled: true } user
            && claims.Root.GetProperty("iat").GetInt64() >= user.NotBefore
            ? new AccessToken(realm, caller, user, session, claims) : null;
    }

    private static JsonObject Describe(HttpContext context, AccessToken token)
    {
        var response = token.Claims.ToObject();
        // Mappers add what the token itself leaves out: all claims of a refresh or a lightweight token.
        var scope = TokenScope.Parse(token.Client, token.Claims.GetString("scope"));
        var roles = TokenScope.GetVisibleRoles(token.Realm, token.Client, token.User).ToList();
        ProtocolMappers.Apply(scope.GetMappers(token.Client), "introspection.token.claim",
            new TokenSubject(token.Realm, token.Client, token.User, token.Session, roles), response);
        response["client_id"] = token.Client.ClientId;
        response["username"] = token.User.Username;
        response["token_type"] = token.Claims.GetString("typ");
        response["active"] = true;
        return response;
    }
}
