using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Oidc.Pages;
using Sandbox.Keycloak.Tokens;

namespace Sandbox.Keycloak.Oidc;

/// <summary>Handles the form of the login page.</summary>
internal static class LoginApi
{
    private const string InvalidCredentials = "Invalid username or password.";
    private const string AccountDisabled = "Account is disabled, contact your administrator.";
    private const string CookieNotFound =
        "Restart login cookie not found. It may have expired; it may have been deleted or cookies are disabled in your "
        + "browser. If cookies are disabled then enable them. Click Back to Application to login again.";

    public static void MapLogin(this IEndpointRouteBuilder app)
    {
        app.MapGet("/realms/{realm}/login-actions/authenticate", Show);
        app.MapPost("/realms/{realm}/login-actions/authenticate", SignInAsync);
    }

    /// <summary>Finds the login attempt by the tab id in the address and the browser's cookie.</summary>
    /// <exception cref="ErrorPageException">400: not found, or started in another browser.</exception>
    public static LoginAttempt FindAttempt(HttpContext context, Realm realm) =>
        context.GetState().PendingLogins.Find(
            context.Request.Query["tab_id"], LoginCookies.GetBrowserId(context), realm)
        ?? throw new ErrorPageException(realm, 400, CookieNotFound);

    public static bool IsCurrent(HttpContext context, LoginAttempt attempt) =>
        context.Request.Query["session_code"] == attempt.SessionCode;

    private static LoginPage Show(HttpContext context, string realm)
    {
        var found = LoginRealm.Find(context, realm);
        return new LoginPage(found, context.GetState().PendingLogins.RenewSessionCode(FindAttempt(context, found)));
    }

    private static async Task<IResult> SignInAsync(HttpContext context, string realm)
    {
        var found = LoginRealm.Find(context, realm);
        var attempt = FindAttempt(context, found);
        if (attempt.IsFinished)
            return Results.Redirect(
                attempt.Request.GetErrorRedirect(context, found, "temporarily_unavailable", "authentication_expired"));
        if (!IsCurrent(context, attempt))
        {
            return Results.Redirect(
                LoginFlow.GetPageAddress(context, found, attempt, "authenticate", LoginPage.Execution));
        }
        var form = await context.Request.ReadFormAsync();
        var name = attempt.Repeated?.Username ?? form["username"].ToString();
        var user = Logins.FindUser(found, name);
        if (!Logins.VerifyPassword(context.GetState(), found, user, form["password"].ToString()))
            return ShowAgain(context, found, attempt, name, InvalidCredentials);
        return user.Enabled
            ? Results.Redirect(LoginFlow.GetNextAddress(context, found, attempt, user))
            : ShowAgain(context, found, attempt, name, AccountDisabled);
    }

    private static LoginPage ShowAgain(
        HttpContext context, Realm realm, LoginAttempt attempt, string username, string error) =>
        new(realm, context.GetState().PendingLogins.RenewSessionCode(attempt))
        {
            Username = username,
            ErrorText = error,
        };
}
