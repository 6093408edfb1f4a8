using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Storage;
using Sandbox.Keycloak.Tokens;

namespace Sandbox.Keycloak.Oidc;

/// <summary>
/// The steps after authentication: the required actions, then the redirect to the client with a code.
/// </summary>
internal static class LoginFlow
{
    /// <summary>The next address for the browser: the first pending action, or the client.</summary>
    public static string Next(HttpContext context, Realm realm, LoginAttempt attempt, User user)
    {
        var state = context.Keycloak();
        if (Logins.OpenActions(realm, user) is [var action, ..])
        {
            state.Pending.Keep(attempt with { UserId = user.Id });
            return Address(context, realm, attempt, "required-action", action);
        }
        state.Pending.Keep(attempt with { Finished = true });
        var session = Logins.Start(state, realm, user);
        LoginCookies.LoggedIn(context, realm, session);
        return Finish(context, realm, attempt.Request, session);
    }

    /// <summary>Issues a code for the session and returns the redirect to the client.</summary>
    public static string Finish(HttpContext context, Realm realm, AuthorizationRequest request, Session session)
    {
        var state = context.Keycloak();
        var client = realm.ClientNamed(request.ClientId)!;
        var code = state.Pending.Issue(
            $"{KeycloakState.NewSecretId()}.{session.Id}.{client.Id}",
            new AuthorizationCode(realm.Id, session.Id, request,
                state.Seconds + realm.Settings.Number("accessCodeLifespan")));
        return request.Success(context, realm, session.Id, code);
    }

    /// <summary>
    /// The form address of a page of the attempt; its session code is valid for the latest page only.
    /// </summary>
    public static string FormAddress(
        HttpContext context, Realm realm, LoginAttempt attempt, string page, string execution) =>
        Address(context, realm, attempt, page, execution) + $"&session_code={attempt.SessionCode}";

    /// <summary>The address of a page of the attempt.</summary>
    public static string Address(
        HttpContext context, Realm realm, LoginAttempt attempt, string page, string execution) =>
        $"{context.IssuerOf(realm)}/login-actions/{page}?execution={Uri.EscapeDataString(execution)}"
        + $"&client_id={Uri.EscapeDataString(attempt.Request.ClientId)}&tab_id={attempt.TabId}";
}
