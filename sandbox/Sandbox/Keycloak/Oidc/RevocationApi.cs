using System.Text.Json.Nodes;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Storage;
using Sandbox.Keycloak.Tokens;

namespace Sandbox.Keycloak.Oidc;

/// <summary>Revocation (RFC 7009): an access token alone, or a refresh token with its client's session.</summary>
internal static class RevocationApi
{
    public static void MapRevocation(this IEndpointRouteBuilder app) =>
        app.MapPost("/realms/{realm}/protocol/openid-connect/revoke", RevokeAsync);

    private static async Task<IResult> RevokeAsync(HttpContext context, string realm)
    {
        var state = context.GetState();
        var found = state.GetRealm(realm);
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync() : FormCollection.Empty;
        var client = ClientAuthentication.Authenticate(context, found, form);
        if (form["token"].ToString() is not { Length: > 0 } text)
            throw KeycloakException.OAuthError(400, "invalid_request", "Token not provided");
        var keys = state.GetKeys(found);
        if ((Jwt.VerifyInternal(keys, text) ?? Jwt.Verify(keys, text)) is not { } claims)
            return Invalid();
        var type = claims.GetString("typ");
        if (type is not ("Bearer" or "Refresh" or "Offline"))
            throw KeycloakException.OAuthError(400, "unsupported_token_type", "Unsupported token type");
        if (claims.GetString("azp") != client.ClientId)
            throw KeycloakException.OAuthError(400, "invalid_request", "Unmatching clients");
        return type == "Bearer" ? RevokeAccess(state, found, client, claims) : RevokeRefresh(state, client, claims);
    }

    private static IResult RevokeAccess(KeycloakState state, Realm realm, Client client, Document claims)
    {
        var now = state.UnixSeconds;
        var expires = claims.Root.GetProperty("exp").GetInt64();
        if (expires <= now || (claims.GetString("sid") is { } session
            && state.Current.FindLiveSession(session, realm, client, now) is null))
            return Invalid();
        state.Change(snapshot => snapshot with
        {
            RevokedTokens = snapshot.RevokedTokens
                .RemoveRange(snapshot.RevokedTokens
                    .Where(token => token.Value.Expires <= now).Select(token => token.Key))
                .SetItem(claims.GetString("jti")!, new(expires)),
        });
        return Results.Ok();
    }

    private static IResult RevokeRefresh(KeycloakState state, Client client, Document claims)
    {
        var session = state.Current.FindSession(claims.GetString("sid"), claims.GetString("typ") == "Offline");
        if (session?.Clients.Contains(client.Id) != true)
            return Invalid();
        state.Change(snapshot => Logins.WithoutClient(snapshot, session, client));
        return Results.Ok();
    }

    /// <summary>An invalid token needs no revocation: the status is 200, with an error in the body.</summary>
    private static IResult Invalid() => KeycloakJson.Plain(
        new JsonObject { ["error"] = "invalid_token", ["error_description"] = "Invalid token" });
}
