using System.Text.Json.Nodes;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Storage;
using Sandbox.Keycloak.Tokens;

namespace Sandbox.Keycloak.Oidc;

/// <summary>
/// The cookies of the login pages, with Keycloak's names and attributes. They are Secure even over plain HTTP: browsers
/// send such cookies back to 127.0.0.1, most HTTP libraries do not.
/// </summary>
internal static class LoginCookies
{
    private const string AttemptCookie = "AUTH_SESSION_ID";
    private const string RestartCookie = "KC_RESTART";
    private const string IdentityCookie = "KEYCLOAK_IDENTITY";
    private const string SessionCookie = "KEYCLOAK_SESSION";

    public static string? GetBrowserId(HttpContext context) => context.Request.Cookies[AttemptCookie];

    public static void SetAttempt(HttpContext context, Realm realm, LoginAttempt attempt)
    {
        SetCookie(context, realm, AttemptCookie, attempt.BrowserId, "Secure;HttpOnly;SameSite=None");
        SetCookie(context, realm, RestartCookie, attempt.TabId, "Secure;HttpOnly;SameSite=None");
    }

    public static void SetSession(HttpContext context, Realm realm, Session session)
    {
        var state = context.GetState();
        var identity = Jwt.SignInternally(state.GetKeys(realm), new JsonObject
        {
            ["exp"] = session.Ends,
            ["iat"] = session.Started,
            ["jti"] = state.NewId(),
            ["iss"] = context.GetIssuer(realm),
            ["sub"] = session.UserId,
            ["typ"] = "Serialized-ID",
            ["sid"] = session.Id,
        });
        ClearCookie(context, realm, RestartCookie);
        SetCookie(context, realm, IdentityCookie, identity, "Secure;HttpOnly;SameSite=None");
        SetCookie(context, realm, SessionCookie, KeycloakState.NewSecret(48),
            $"Max-Age={session.Ends - state.UnixSeconds};Secure;SameSite=None");
    }

    public static void ClearSession(HttpContext context, Realm realm)
    {
        ClearCookie(context, realm, IdentityCookie);
        ClearCookie(context, realm, SessionCookie);
    }

    /// <summary>The browser's active session in the realm, or null.</summary>
    public static Session? FindSession(HttpContext context, Realm realm)
    {
        var state = context.GetState();
        var claims = context.Request.Cookies[IdentityCookie] is { } cookie
            ? Jwt.VerifyInternal(state.GetKeys(realm), cookie) : null;
        if (claims is null
            || claims.GetString("typ") != "Serialized-ID" || claims.GetString("iss") != context.GetIssuer(realm))
            return null;
        var session = state.Current.Sessions.GetValueOrDefault(claims.GetString("sid") ?? "");
        return session?.IsLive(realm, state.UnixSeconds) == true ? session : null;
    }

    private static void ClearCookie(HttpContext context, Realm realm, string name) =>
        SetCookie(context, realm, name, "", "Max-Age=0");

    private static void SetCookie(HttpContext context, Realm realm, string name, string value, string attributes) =>
        context.Response.Headers.Append("Set-Cookie",
            $"{name}={value};Version=1;Path=/realms/{Uri.EscapeDataString(realm.Name)}/;{attributes}");
}
