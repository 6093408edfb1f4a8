using Sandbox.Keycloak.Model;
using Sandbox.Pages;

namespace Sandbox.Keycloak.Oidc.Pages;

/// <summary>The form for username and password, with the element names of Keycloak's own theme.</summary>
internal sealed class LoginPage(Realm realm, LoginAttempt attempt) : KeycloakPage(realm)
{
    /// <summary>The value of the <c>execution</c> parameter in the page's addresses.</summary>
    public const string Execution = "username-password-form";

    public string? Username { get; init; }

    public string? ErrorText { get; init; }

    protected override string Heading =>
        attempt.Repeated is null ? "Sign in to your account" : "Please re-authenticate to continue";

    protected override Html Content(HttpContext context)
    {
        var action = LoginFlow.GetFormAddress(context, Realm, attempt, "authenticate", Execution);
        return Html.Of($"""
            <form id="kc-form-login" action="{action}" method="post" novalidate="novalidate">
            {UsernameField()}
            {ErrorMessage("username", ErrorText)}
            <label for="password">Password</label>
            <input id="password" name="password" value="" type="password" autocomplete="current-password"/>
            <input type="hidden" id="id-hidden-input" name="credentialId"/>
            <button name="login" id="kc-login" type="submit">Sign In</button>
            </form>
            """);
    }

    private Html UsernameField()
    {
        if (attempt.Repeated is { } repeated)
            return Html.Of($"""<input id="kc-attempted-username" value="{repeated.Username}" readonly/>""");
        var label = Realm.Settings.GetBoolean("loginWithEmailAllowed") ? "Username or email" : "Username";
        return Html.Of($"""
            <label for="username">{label}</label>
            <input id="username" name="username" value="{Username}" type="text" autocomplete="username"
              autofocus{ErrorAttributes("username", ErrorText)}/>
            """);
    }
}
