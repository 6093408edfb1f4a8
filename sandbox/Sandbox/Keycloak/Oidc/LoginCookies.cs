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
    private const string Browser = "AUTH_SESSION_ID";
    private const string Restart = "KC_RESTART";
    private const string Identity = "KEYCLOAK_IDENTITY";
    private const string Login = "KEYCLOAK_SESSION";

    public static string? BrowserOf(HttpContext context) => context.Request.Cookies[Browser];

    public static void Begin(HttpContext context, Realm realm, LoginAttempt attempt)
    {
        Set(context, realm, Browser, attempt.BrowserId, "Secure;HttpOnly;SameSite=None");
        Set(context, realm, Restart, attempt.TabId, "Secure;HttpOnly;SameSite=None");
    }

    public static void LoggedIn(HttpContext context, Realm realm, Session session)
    {
        var state = context.Keycloak();
        var identity = Jwt.SignInternally(state.KeysOf(realm), new JsonObject
        {
            ["exp"] = session.Ends,
            ["iat"] = session.Started,
            ["jti"] = state.NewId(),
            ["iss"] = context.IssuerOf(realm),
            ["sub"] = session.UserId,
            ["typ"] = "Serialized-ID",
            ["sid"] = session.Id,
        });
        Clear(context, realm, Restart);
        Set(context, realm, Identity, identity, "Secure;HttpOnly;SameSite=None");
        Set(context, realm, Login, KeycloakState.NewSecret(48),
            $"Max-Age={session.Ends - state.Seconds};Secure;SameSite=None");
    }

    public static void LoggedOut(HttpContext context, Realm realm)
    {
        Clear(context, realm, Identity);
        Clear(context, realm, Login);
    }

    /// <summary>The browser's active session in the realm, or null.</summary>
    public static Session? SessionOf(HttpContext context, Realm realm)
    {
        var state = context.Keycloak();
        var claims = context.Request.Cookies[Identity] is { } cookie
            ? Jwt.VerifyInternal(state.KeysOf(realm), cookie) : null;
        if (claims is null || claims.Text("typ") != "Serialized-ID" || claims.Text("iss") != context.IssuerOf(realm))
            return null;
        var session = state.Current.Sessions.GetValueOrDefault(claims.Text("sid") ?? "");
        return session?.IsLive(realm, state.Seconds) == true ? session : null;
    }

    private static void Clear(HttpContext context, Realm realm, string name) =>
        Set(context, realm, name, "", "Max-Age=0");

    private static void Set(HttpContext context, Realm realm, string name, string value, string marks) =>
        context.Response.Headers.Append("Set-Cookie",
            $"{name}={value};Version=1;Path=/realms/{Uri.EscapeDataString(realm.Name)}/;{marks}");
}
