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
    public const string ReturnPath = "signed-in";

    private const string ClientId = "security-admin-console";
    private const string LoginCookie = "KC_CONSOLE";
    private const string VerifierCookie = "KC_CONSOLE_VERIFIER";

    /// <summary>Returns the user logged in to the console of the realm, or null.</summary>
    public static Caller? CallerOf(HttpContext context, Realm realm)
    {
        var state = context.Keycloak();
        var world = state.Current;
        var claims = context.Request.Cookies[LoginCookie] is { } cookie
            ? Jwt.VerifyInternal(state.KeysOf(realm), cookie) : null;
        if (claims?.Text("typ") != "Console"
            || world.Sessions.GetValueOrDefault(claims.Text("sid") ?? "") is not { } session)
            return null;
        return session.IsLive(realm, state.Seconds)
            && realm.Users.GetValueOrDefault(session.UserId) is { Enabled: true } user
            ? new Caller(context, world, new AccessToken(realm, realm.ClientNamed(ClientId)!, user, session, claims))
            : null;
    }

    /// <summary>Starts a login and returns the address of the login page.</summary>
    public static string Begin(HttpContext context, Realm realm)
    {
        var verifier = KeycloakState.NewSecret(48);
        Set(context, realm, VerifierCookie, verifier);
        var challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
        var query = QueryString.Create(new Dictionary<string, string?>
        {
            ["client_id"] = ClientId,
            ["redirect_uri"] = ReturnAddress(context, realm),
            ["response_type"] = "code",
            ["scope"] = "openid",
            ["state"] = StateOf(verifier),
            ["code_challenge"] = challenge,
            ["code_challenge_method"] = "S256",
        });
        return context.IssuerOf(realm) + "/protocol/openid-connect/auth" + query;
    }

    /// <summary>The redirect URI of the login: redeems the code and sets the cookie.</summary>
    public static IResult Return(HttpContext context, string realm, string? code, string? state)
    {
        var keycloak = context.Keycloak();
        var known = keycloak.Current.Find(realm) ?? throw Refusal.Error(404, "Realm does not exist");
        var verifier = context.Request.Cookies[VerifierCookie];
        var issued = keycloak.Pending.Take(code ?? "");
        if (verifier is not null && state == StateOf(verifier) && issued is not null && issued.RealmId == known.Id
            && issued.Request.ClientId == ClientId && Pkce.Fault(issued.Request, verifier) is null)
        {
            Set(context, known, LoginCookie, Jwt.SignInternally(
                keycloak.KeysOf(known), new() { ["typ"] = "Console", ["sid"] = issued.SessionId }));
        }
        return Results.Redirect(ConsoleApi.PathOf(known));
    }

    private static string ReturnAddress(HttpContext context, Realm realm) =>
        context.BaseUrl() + ConsoleApi.PathOf(realm) + ReturnPath;

    private static string StateOf(string verifier) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes("state " + verifier)));

    private static void Set(HttpContext context, Realm realm, string name, string value) =>
        context.Response.Cookies.Append(name, value, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Path = ConsoleApi.PathOf(realm),
        });
}
