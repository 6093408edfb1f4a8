using System.Text.Json.Nodes;
using Sandbox.Keycloak.Admin;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Oidc.Pages;
using Sandbox.Keycloak.Tokens;

namespace Sandbox.Keycloak.Oidc;

/// <summary>The required actions before a login completes: a new password, a complete profile.</summary>
internal static class RequiredActionApi
{
    private const string UpdateProfile = "UPDATE_PROFILE";
    private const string VerifyProfile = "VERIFY_PROFILE";

    public static void MapRequiredActions(this IEndpointRouteBuilder app)
    {
        app.MapGet("/realms/{realm}/login-actions/required-action", Show);
        app.MapPost("/realms/{realm}/login-actions/required-action", SubmitAsync);
    }

    private static IResult Show(HttpContext context, string realm)
    {
        var found = LoginRealm.Find(context, realm);
        var (attempt, user) = FindAttempt(context, found);
        attempt = context.GetState().PendingLogins.RenewSessionCode(attempt);
        var action = NextAction(found, user);
        return action switch
        {
            User.UpdatePassword => new UpdatePasswordPage(found, attempt),
            UpdateProfile or VerifyProfile => new UpdateProfilePage(found, attempt, user, action),
            "VERIFY_EMAIL" => throw new ErrorPageException(found, 500, "Failed to send email, please try again later."),
            null => Results.Redirect(LoginFlow.GetNextAddress(context, found, attempt, user)),
            _ => throw KeycloakException.NotImplemented($"the required action {action}"),
        };
    }

    private static async Task<IResult> SubmitAsync(HttpContext context, string realm)
    {
        var found = LoginRealm.Find(context, realm);
        var (attempt, user) = FindAttempt(context, found);
        var action = NextAction(found, user);
        if (!LoginApi.IsCurrent(context, attempt) || action is null || context.Request.Query["execution"] != action)
            return Results.Redirect(
                LoginFlow.GetPageAddress(context, found, attempt, "required-action", action ?? VerifyProfile));
        var form = await context.Request.ReadFormAsync();
        return action == User.UpdatePassword
            ? SubmitPassword(context, found, attempt, user, form)
            : SubmitProfile(context, found, attempt, user, form);
    }

    private static string? NextAction(Realm realm, User user) =>
        Logins.GetPendingActions(realm, user) is [var first, ..] ? first : null;

    private static (LoginAttempt Attempt, User User) FindAttempt(HttpContext context, Realm realm)
    {
        var attempt = LoginApi.FindAttempt(context, realm);
        return attempt is { IsFinished: false, UserId: { } id }
            && realm.Users.GetValueOrDefault(id) is { Enabled: true } user
            ? (attempt, user)
            : throw new ErrorPageException(realm, 400, "You are already logged in.");
    }

    private static IResult SubmitPassword(
        HttpContext context, Realm realm, LoginAttempt attempt, User user, IFormCollection form)
    {
        var password = form["password-new"].ToString();
        var state = context.GetState();
        if (string.IsNullOrWhiteSpace(password))
            return ShowAgain("Please specify password.", null);
        if (password != form["password-confirm"].ToString())
            return ShowAgain(null, "Passwords don't match.");
        if (PasswordPolicy.Parse(realm).Check(user, password) is { } violation)
            return ShowAgain(violation.Body!["error_description"]!.GetValue<string>(), null);
        return UpdateUser(context, realm, attempt, user, current =>
            new UserFactory(state).WithPassword(realm, current, password, temporary: false));

        UpdatePasswordPage ShowAgain(string? passwordError, string? confirmError) =>
            new(realm, state.PendingLogins.RenewSessionCode(attempt))
            {
                PasswordError = passwordError,
                ConfirmError = confirmError,
            };
    }

    private static IResult SubmitProfile(
        HttpContext context, Realm realm, LoginAttempt attempt, User user, IFormCollection form)
    {
        var state = context.GetState();
        var changed = WithProfile(user, form);
        var errors = new Dictionary<string, string>(UserProfile.For(realm).GetInvalidAttributes(changed));
        if (errors.Count == 0 && changed.Email is { } email && realm.FindUserByEmail(email) is { } other
            && other.Id != user.Id)
            errors["email"] = "Email already exists.";
        if (errors.Count == 0)
            return UpdateUser(context, realm, attempt, user, current => WithProfile(current, form));
        var execution = context.Request.Query["execution"].ToString();
        attempt = state.PendingLogins.RenewSessionCode(attempt);
        return new UpdateProfilePage(realm, attempt, changed, execution) { Errors = errors };
    }

    private static User WithProfile(User user, IFormCollection form)
    {
        var remaining = user.RequiredActions.Where(action => action != UpdateProfile);
        var sent = new JsonObject { ["requiredActions"] = KeycloakJson.Array(remaining) };
        foreach (var field in UpdateProfilePage.Fields.Keys)
            sent[field] = form[field].ToString();
        return UserFactory.WithFields(user, Document.From(sent));
    }

    private static IResult UpdateUser(
        HttpContext context, Realm realm, LoginAttempt attempt, User user, Func<User, User> change)
    {
        var updated = context.GetState().Change(snapshot =>
            snapshot.Realms.GetValueOrDefault(realm.Id) is { } currentRealm
            && currentRealm.Users.TryGetValue(user.Id, out var currentUser)
                ? snapshot.With(currentRealm.With(change(currentUser)))
                : throw new ErrorPageException(realm, 400, "Account is disabled, contact your administrator."));
        var changed = updated.Realms[realm.Id];
        return Results.Redirect(LoginFlow.GetNextAddress(context, changed, attempt, changed.Users[user.Id]));
    }
}
