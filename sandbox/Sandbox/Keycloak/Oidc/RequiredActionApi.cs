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
        var known = LoginRealm.Find(context, realm);
        var (attempt, user) = Find(context, known);
        attempt = context.Keycloak().Pending.NextPage(attempt);
        var action = NextAction(known, user);
        return action switch
        {
            User.UpdatePassword => new UpdatePasswordPage(known, attempt),
            UpdateProfile or VerifyProfile => new UpdateProfilePage(known, attempt, user, action),
            "VERIFY_EMAIL" => throw new LoginFailure(known, 500, "Failed to send email, please try again later."),
            null => Results.Redirect(LoginFlow.Next(context, known, attempt, user)),
            _ => throw new LoginFailure(known, 501,
                $"The sandbox's Keycloak does not play the required action {action}."),
        };
    }

    private static async Task<IResult> SubmitAsync(HttpContext context, string realm)
    {
        var known = LoginRealm.Find(context, realm);
        var (attempt, user) = Find(context, known);
        var action = NextAction(known, user);
        if (!LoginApi.IsCurrent(context, attempt) || action is null || context.Request.Query["execution"] != action)
            return Results.Redirect(
                LoginFlow.Address(context, known, attempt, "required-action", action ?? VerifyProfile));
        var form = await context.Request.ReadFormAsync();
        return action == User.UpdatePassword
            ? NewPassword(context, known, attempt, user, form)
            : NewProfile(context, known, attempt, user, form);
    }

    private static string? NextAction(Realm realm, User user) =>
        Logins.OpenActions(realm, user) is [var first, ..] ? first : null;

    private static (LoginAttempt Attempt, User User) Find(HttpContext context, Realm realm)
    {
        var attempt = LoginApi.Find(context, realm);
        return attempt is { Finished: false, UserId: { } id }
            && realm.Users.GetValueOrDefault(id) is { Enabled: true } user
            ? (attempt, user)
            : throw new LoginFailure(realm, 400, "You are already logged in.");
    }

    private static IResult NewPassword(
        HttpContext context, Realm realm, LoginAttempt attempt, User user, IFormCollection form)
    {
        var password = form["password-new"].ToString();
        var state = context.Keycloak();
        if (string.IsNullOrWhiteSpace(password))
            return Again("Please specify password.", null);
        if (password != form["password-confirm"].ToString())
            return Again(null, "Passwords don't match.");
        if (PasswordPolicy.Of(realm).Check(user, password) is { } broken)
            return Again(broken.Body!["error_description"]!.GetValue<string>(), null);
        return Change(context, realm, attempt, user, known =>
            new UserFactory(state).WithPassword(realm, known, password, temporary: false));

        UpdatePasswordPage Again(string? passwordError, string? confirmError) =>
            new(realm, state.Pending.NextPage(attempt)) { PasswordError = passwordError, ConfirmError = confirmError };
    }

    private static IResult NewProfile(
        HttpContext context, Realm realm, LoginAttempt attempt, User user, IFormCollection form)
    {
        var state = context.Keycloak();
        var changed = WithProfile(user, form);
        var errors = UserProfile.Of(realm).MissingFor(changed)
            .ToDictionary(field => field, _ => "Please specify this field.");
        if (errors.Count == 0 && changed.Email is { } email && realm.UserWithEmail(email) is { } other
            && other.Id != user.Id)
            errors["email"] = "Email already exists.";
        if (errors.Count == 0)
            return Change(context, realm, attempt, user, known => WithProfile(known, form));
        var execution = context.Request.Query["execution"].ToString();
        return new UpdateProfilePage(realm, state.Pending.NextPage(attempt), changed, execution) { Errors = errors };
    }

    private static User WithProfile(User user, IFormCollection form)
    {
        var left = user.RequiredActions.Where(action => action != UpdateProfile);
        var sent = new JsonObject { ["requiredActions"] = KeycloakJson.Array(left) };
        foreach (var field in UpdateProfilePage.Fields.Keys)
            sent[field] = form[field].ToString();
        return UserFactory.WithFields(user, Document.From(sent));
    }

    private static IResult Change(
        HttpContext context, Realm realm, LoginAttempt attempt, User user, Func<User, User> change)
    {
        var world = context.Keycloak().Change(world =>
            world.Realms.GetValueOrDefault(realm.Id) is { } current && current.Users.TryGetValue(user.Id, out var known)
                ? world.With(current.With(change(known)))
                : throw new LoginFailure(realm, 400, "Account is disabled, contact your administrator."));
        var changed = world.Realms[realm.Id];
        return Results.Redirect(LoginFlow.Next(context, changed, attempt, changed.Users[user.Id]));
    }
}
