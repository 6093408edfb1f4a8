using Sandbox.Keycloak.Model;
using Sandbox.Pages;

namespace Sandbox.Keycloak.Oidc.Pages;

/// <summary>The form for a new password and its confirmation, before the login continues.</summary>
internal sealed class UpdatePasswordPage(Realm realm, LoginAttempt attempt) : KeycloakPage(realm)
{
    public string? PasswordError { get; init; }

    public string? ConfirmError { get; init; }

    protected override string Heading => "Update password";

    protected override Html Content(HttpContext context)
    {
        var action = LoginFlow.GetFormAddress(context, Realm, attempt, "required-action", User.UpdatePassword);
        return Html.Of($"""
            <p>You need to change your password to activate your account.</p>
            <form id="kc-passwd-update-form" action="{action}" method="post" novalidate="novalidate">
            <label for="password-new">New Password</label>
            <input id="password-new" name="password-new" value="" type="password" autocomplete="new-password"
              autofocus{ErrorAttributes("password", PasswordError)}/>
            {ErrorMessage("password", PasswordError)}
            <label for="password-confirm">Confirm password</label>
            <input id="password-confirm" name="password-confirm" value="" type="password"
              autocomplete="new-password"{ErrorAttributes("password-confirm", ConfirmError)}/>
            {ErrorMessage("password-confirm", ConfirmError)}
            <button name="login" id="kc-submit" type="submit">Submit</button>
            </form>
            """);
    }
}
