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
    public static string GetNextAddress(HttpContext context, Realm realm, LoginAttempt attempt, User user)
    {
        var state = context.GetState();
        if (Logins.GetPendingActions(realm, user) is [var action, ..])
        {
            state.PendingLogins.Save(attempt with { UserId = user.Id });
            return GetPageAddress(context, realm, attempt, "required-action", action);
        }
        state.PendingLogins.Save(attempt with { IsFinished = true });
        var session = Logins.RenewSession(state, realm, user, attempt.Repeated?.SessionId)
            ?? Logins.StartSession(state, realm, user);
        LoginCookies.SetSession(context, realm, session);
        return IssueCode(context, realm, attempt.Request, session);
    }

    /// <summary>Issues a code for the session and returns the redirect to the client.</summary>
    public static string IssueCode(HttpContext context, Realm realm, AuthorizationRequest request, Session session)
    {
        var state = context.GetState();
        var client = realm.FindClient(request.ClientId)!;
        var code = state.PendingLogins.AddCode(
            $"{KeycloakState.NewSecretId()}.{session.Id}.{client.Id}",
            new AuthorizationCode(realm.Id, session.Id, request,
                state.UnixSeconds + realm.Settings.GetInt32("accessCodeLifespan")));
        return request.GetSuccessRedirect(context, realm, session.Id, code);
    }

    /// <summary>
    /// The form address of a page of the attempt; its session code is valid for the latest page only.
    /// </summary>
    public static string GetFormAddress(
        HttpContext context, Realm realm, LoginAttempt attempt, string page, string execution) =>
        GetPageAddress(context, realm, attempt, page, execution) + $"&session_code={attempt.SessionCode}";

    /// <summary>The address of a page of the attempt.</summary>
    public static string GetPageAddress(
        HttpContext context, Realm realm, LoginAttempt attempt, string page, string execution) =>
        $"{context.GetIssuer(realm)}/login-actions/{page}?execution={Uri.EscapeDataString(execution)}"
        + $"&client_id={Uri.EscapeDataString(attempt.Request.ClientId)}&tab_id={attempt.TabId}";
}
