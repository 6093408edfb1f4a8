using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Oidc.Pages;
using Sandbox.Keycloak.Tokens;

namespace Sandbox.Keycloak.Oidc;

/// <summary>Logout: OpenID Connect RP-initiated logout for browsers, by refresh token for programs.</summary>
internal static class LogoutApi
{
    private const string LogoutPath = "/realms/{realm}/protocol/openid-connect/logout";

    public static void MapLogout(this IEndpointRouteBuilder app)
    {
        app.MapGet(LogoutPath, LogoutByLink);
        app.MapPost(LogoutPath, LogoutAsync);
        app.MapPost(LogoutPath + "/logout-confirm", ConfirmAsync);
    }

    public static string GetConfirmPath(Realm realm) =>
        $"/realms/{Uri.EscapeDataString(realm.Name)}/protocol/openid-connect/logout/logout-confirm";

    private static IResult LogoutByLink(HttpContext context, string realm) =>
        Logout(context, LoginRealm.Find(context, realm), name => context.Request.Query[name].ToString());

    private static IResult Logout(HttpContext context, Realm realm, Func<string, string> field)
    {
        var state = context.GetState();
        var hint = field("id_token_hint") is { Length: > 0 } token
            ? Jwt.Verify(state.GetKeys(realm), token)
                ?? throw new ErrorPageException(realm, 400, "Invalid parameter: id_token_hint")
            : null;
        var clientId = field("client_id") is { Length: > 0 } given ? given : hint?.GetString("azp");
        var redirect = GetRedirect(context, realm, clientId, field("post_logout_redirect_uri"), field("state"));
        var session = LoginCookies.FindSession(context, realm)
            ?? state.Current.Sessions.GetValueOrDefault(hint?.GetString("sid") ?? "");
        if (session is not null && hint is null)
            return new LogoutPage(realm, CreateLogoutCode(context, realm, session));
        if (session is not null)
            Logins.EndSession(state, session);
        else if (redirect is null)
            return new LogoutPage(realm, "");
        LoginCookies.ClearSession(context, realm);
        return redirect is null ? LoggedOutPage(realm) : Results.Redirect(redirect);
    }

    private static async Task<IResult> LogoutAsync(HttpContext context, string realm)
    {
        var found = context.GetState().GetRealm(realm);
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync() : FormCollection.Empty;
        if (form["refresh_token"].ToString() is not { Length: > 0 } token)
            return Logout(context, LoginRealm.Find(context, realm), name => form[name].ToString());
        ClientAuthentication.Authenticate(context, found, form);
        var state = context.GetState();
        var claims = Jwt.VerifyInternal(state.GetKeys(found), token);
        if (claims?.GetString("typ") is not ("Refresh" or "Offline"))
            throw KeycloakException.OAuthError(400, "invalid_grant", "Invalid refresh token");
        if (state.Current.FindSession(claims.GetString("sid"), claims.GetString("typ") == "Offline") is { } session)
            Logins.EndSession(state, session);
        return Results.NoContent();
    }

    private static async Task<IResult> ConfirmAsync(HttpContext context, string realm)
    {
        var found = LoginRealm.Find(context, realm);
        var code = (await context.Request.ReadFormAsync())["session_code"].ToString();
        if (LoginCookies.FindSession(context, found) is { } session)
        {
            if (code != CreateLogoutCode(context, found, session))
                throw new ErrorPageException(found, 400, "Logout failed");
            Logins.EndSession(context.GetState(), session);
        }
        LoginCookies.ClearSession(context, found);
        return LoggedOutPage(found);
    }

    private static string? GetRedirect(HttpContext context, Realm realm, string? clientId, string uri, string state)
    {
        if (uri.Length == 0)
            return null;
        if (clientId is null)
            throw new ErrorPageException(realm, 400, "Missing parameters: id_token_hint");
        if (realm.FindClient(clientId) is not { } client
            || !RedirectUris.IsAllowedAfterLogout(context.GetBaseUrl(), client, uri))
            throw new ErrorPageException(realm, 400, "Invalid redirect uri");
        return state.Length == 0
            ? uri
            : uri + (uri.Contains('?', StringComparison.Ordinal) ? '&' : '?') + "state=" + Uri.EscapeDataString(state);
    }

    /// <summary>A token that proves that the form came from this server's page for this session.</summary>
    private static string CreateLogoutCode(HttpContext context, Realm realm, Session session) =>
        Jwt.SignInternally(context.GetState().GetKeys(realm), new() { ["typ"] = "Logout", ["sid"] = session.Id });

    private static MessagePage LoggedOutPage(Realm realm) =>
        new(realm, 200, "You are logged out", "You are logged out");
}
