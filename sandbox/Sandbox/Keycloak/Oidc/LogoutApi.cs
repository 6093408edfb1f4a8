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
        app.MapGet(LogoutPath, LeaveByLink);
        app.MapPost(LogoutPath, EndAsync);
        app.MapPost(LogoutPath + "/logout-confirm", ConfirmAsync);
    }

    public static string ConfirmPath(Realm realm) =>
        $"/realms/{Uri.EscapeDataString(realm.Name)}/protocol/openid-connect/logout/logout-confirm";

    private static IResult LeaveByLink(HttpContext context, string realm) =>
        Leave(context, LoginRealm.Find(context, realm), name => context.Request.Query[name].ToString());

    private static IResult Leave(HttpContext context, Realm realm, Func<string, string> field)
    {
        var state = context.Keycloak();
        var hint = field("id_token_hint") is { Length: > 0 } token
            ? Jwt.Verify(state.KeysOf(realm), token)
                ?? throw new LoginFailure(realm, 400, "Invalid parameter: id_token_hint")
            : null;
        var clientId = field("client_id") is { Length: > 0 } given ? given : hint?.Text("azp");
        var target = Target(context, realm, clientId, field("post_logout_redirect_uri"), field("state"));
        var session = LoginCookies.SessionOf(context, realm)
            ?? state.Current.Sessions.GetValueOrDefault(hint?.Text("sid") ?? "");
        if (session is not null && hint is null)
            return new LogoutPage(realm, LogoutCode(context, realm, session));
        if (session is not null)
            Logins.End(state, session);
        else if (target is null)
            return new LogoutPage(realm, "");
        LoginCookies.LoggedOut(context, realm);
        return target is null ? Done(realm) : Results.Redirect(target);
    }

    private static async Task<IResult> EndAsync(HttpContext context, string realm)
    {
        var known = context.Keycloak().Current.Find(realm) ?? throw Refusal.Error(404, "Realm does not exist");
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync() : FormCollection.Empty;
        if (form["refresh_token"].ToString() is not { Length: > 0 } token)
            return Leave(context, LoginRealm.Find(context, realm), name => form[name].ToString());
        ClientAuthentication.Authenticate(context, known, form);
        var state = context.Keycloak();
        var claims = Jwt.VerifyInternal(state.KeysOf(known), token);
        if (claims?.Text("typ") != "Refresh")
            throw Refusal.OAuth(400, "invalid_grant", "Invalid refresh token");
        if (state.Current.Sessions.GetValueOrDefault(claims.Text("sid") ?? "") is { } session)
            Logins.End(state, session);
        return Results.NoContent();
    }

    private static async Task<IResult> ConfirmAsync(HttpContext context, string realm)
    {
        var known = LoginRealm.Find(context, realm);
        var code = (await context.Request.ReadFormAsync())["session_code"].ToString();
        if (LoginCookies.SessionOf(context, known) is { } session)
        {
            if (code != LogoutCode(context, known, session))
                throw new LoginFailure(known, 400, "Logout failed");
            Logins.End(context.Keycloak(), session);
        }
        LoginCookies.LoggedOut(context, known);
        return Done(known);
    }

    private static string? Target(HttpContext context, Realm realm, string? clientId, string uri, string state)
    {
        if (uri.Length == 0)
            return null;
        if (clientId is null)
            throw new LoginFailure(realm, 400, "Missing parameters: id_token_hint");
        if (realm.ClientNamed(clientId) is not { } client
            || !RedirectUris.AllowsAfterLogout(context.BaseUrl(), client, uri))
            throw new LoginFailure(realm, 400, "Invalid redirect uri");
        return state.Length == 0
            ? uri
            : uri + (uri.Contains('?', StringComparison.Ordinal) ? '&' : '?') + "state=" + Uri.EscapeDataString(state);
    }

    /// <summary>A token that proves that the form came from this server's page for this session.</summary>
    private static string LogoutCode(HttpContext context, Realm realm, Session session) =>
        Jwt.SignInternally(context.Keycloak().KeysOf(realm), new() { ["typ"] = "Logout", ["sid"] = session.Id });

    private static MessagePage Done(Realm realm) => new(realm, 200, "You are logged out", "You are logged out");
}
