using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Sandbox.Keycloak.Admin;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Oidc;
using Sandbox.Keycloak.Storage;
using Sandbox.Keycloak.Tokens;

namespace Sandbox.Keycloak.Console;

/// <summary>The console's login: authorization code with PKCE, as the client security-admin-console.</summary>
internal static class ConsoleLogin
{
    public const string RedirectPath = "signed-in";

    private const string ClientId = "security-admin-console";
    private const string LoginCookie = "KC_CONSOLE";
    private const string VerifierCookie = "KC_CONSOLE_VERIFIER";

    /// <summary>Returns the user logged in to the console of the realm, or null.</summary>
    public static Caller? FindCaller(HttpContext context, Realm realm)
    {
        var state = context.GetState();
        var snapshot = state.Current;
        var claims = context.Request.Cookies[LoginCookie] is { } cookie
            ? Jwt.VerifyInternal(state.GetKeys(realm), cookie) : null;
        if (claims?.GetString("typ") != "Console"
            || snapshot.Sessions.GetValueOrDefault(claims.GetString("sid") ?? "") is not { } session)
            return null;
        return session.IsLive(realm, state.UnixSeconds)
            && realm.Users.GetValueOrDefault(session.UserId) is { Enabled: true } user
            ? new Caller(context, snapshot, new AccessToken(realm, realm.FindClient(ClientId)!, user, session, claims))
            : null;
    }

    /// <summary>Starts a login and returns the address of the login page.</summary>
    public static string Start(HttpContext context, Realm realm)
    {
        var verifier = KeycloakState.NewSecret(48);
        SetCookie(context, realm, VerifierCookie, verifier);
        var challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
        var query = QueryString.Create(new Dictionary<string, string?>
        {
            ["client_id"] = ClientId,
            ["redirect_uri"] = GetRedirectUri(context, realm),
            ["response_type"] = "code",
            ["scope"] = "openid",
            ["state"] = DeriveState(verifier),
            ["code_challenge"] = challenge,
            ["code_challenge_method"] = "S256",
        });
        return context.GetIssuer(realm) + "/protocol/openid-connect/auth" + query;
    }

    /// <summary>The redirect URI of the login: redeems the code and sets the cookie.</summary>
    public static IResult Complete(HttpContext context, string realm, string? code, string? state)
    {
        var keycloak = context.GetState();
        var found = keycloak.GetRealm(realm);
        var verifier = context.Request.Cookies[VerifierCookie];
        var authorizationCode = keycloak.PendingLogins.TakeCode(code ?? "");
        if (verifier is not null && state == DeriveState(verifier) && authorizationCode?.RealmId == found.Id
            && authorizationCode.Request.ClientId == ClientId
            && Pkce.ValidateVerifier(authorizationCode.Request, verifier) is null)
        {
            SetCookie(context, found, LoginCookie, Jwt.SignInternally(
                keycloak.GetKeys(found), new() { ["typ"] = "Console", ["sid"] = authorizationCode.SessionId }));
        }
        return Results.Redirect(ConsoleApi.GetPath(found));
    }

    private static string GetRedirectUri(HttpContext context, Realm realm) =>
        context.GetBaseUrl() + ConsoleApi.GetPath(realm) + RedirectPath;

    private static string DeriveState(string verifier) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes("state " + verifier)));

    private static void SetCookie(HttpContext context, Realm realm, string name, string value) =>
        context.Response.Cookies.Append(name, value, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Path = ConsoleApi.GetPath(realm),
        });
}
