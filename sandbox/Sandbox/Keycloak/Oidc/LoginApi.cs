using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Oidc.Pages;
using Sandbox.Keycloak.Tokens;

namespace Sandbox.Keycloak.Oidc;

/// <summary>Handles the form of the login page.</summary>
internal static class LoginApi
{
    private const string Wrong = "Invalid username or password.";
    private const string Disabled = "Account is disabled, contact your administrator.";
    private const string NoCookie =
        "Restart login cookie not found. It may have expired; it may have been deleted or cookies are disabled in your "
        + "browser. If cookies are disabled then enable them. Click Back to Application to login again.";

    public static void MapLogin(this IEndpointRouteBuilder app)
    {
        app.MapGet("/realms/{realm}/login-actions/authenticate", Show);
        app.MapPost("/realms/{realm}/login-actions/authenticate", SignInAsync);
    }

    /// <summary>Finds the login attempt by the tab id in the address and the browser's cookie.</summary>
    /// <exception cref="LoginFailure">400: not found, or started in another browser.</exception>
    public static LoginAttempt Find(HttpContext context, Realm realm) =>
        context.Keycloak().Pending.Find(context.Request.Query["tab_id"], LoginCookies.BrowserOf(context), realm)
        ?? throw new LoginFailure(realm, 400, NoCookie);

    public static bool IsCurrent(HttpContext context, LoginAttempt attempt) =>
        context.Request.Query["session_code"] == attempt.SessionCode;

    private static LoginPage Show(HttpContext context, string realm)
    {
        var known = LoginRealm.Find(context, realm);
        return new LoginPage(known, context.Keycloak().Pending.NextPage(Find(context, known)));
    }

    private static async Task<IResult> SignInAsync(HttpContext context, string realm)
    {
        var known = LoginRealm.Find(context, realm);
        var attempt = Find(context, known);
        if (attempt.Finished)
            return Results.Redirect(
                attempt.Request.Failure(context, known, "temporarily_unavailable", "authentication_expired"));
        if (!IsCurrent(context, attempt))
            return Results.Redirect(LoginFlow.Address(context, known, attempt, "authenticate", LoginPage.Execution));
        var form = await context.Request.ReadFormAsync();
        var name = form["username"].ToString();
        var user = Logins.Find(known, name);
        if (!Logins.Proves(context.Keycloak(), known, user, form["password"].ToString()))
            return Again(context, known, attempt, name, Wrong);
        return user.Enabled
            ? Results.Redirect(LoginFlow.Next(context, known, attempt, user))
            : Again(context, known, attempt, name, Disabled);
    }

    private static LoginPage Again(
        HttpContext context, Realm realm, LoginAttempt attempt, string username, string error) =>
        new(realm, context.Keycloak().Pending.NextPage(attempt)) { Username = username, Fault = error };
}
