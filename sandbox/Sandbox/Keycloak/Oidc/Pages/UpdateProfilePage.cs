using Sandbox.Keycloak.Model;
using Sandbox.Pages;

namespace Sandbox.Keycloak.Oidc.Pages;

/// <summary>The form for the attributes that the realm's user profile requires, before the login continues.</summary>
internal sealed class UpdateProfilePage(Realm realm, LoginAttempt attempt, User user, string action)
    : KeycloakPage(realm)
{
    public static readonly IReadOnlyDictionary<string, string> Fields = new Dictionary<string, string>
    {
        ["email"] = "Email",
        ["firstName"] = "First name",
        ["lastName"] = "Last name",
    };

    /// <summary>Error messages by field.</summary>
    public IReadOnlyDictionary<string, string> Errors { get; init; } = new Dictionary<string, string>();

    protected override string Heading => "Update Account Information";

    protected override Html Content(HttpContext context)
    {
        var address = LoginFlow.GetFormAddress(context, Realm, attempt, "required-action", action);
        return Html.Of($"""
            <p>You need to update your user profile to activate your account.</p>
            <form id="kc-update-profile-form" action="{address}" method="post" novalidate="novalidate">
            {Html.Concat(Fields.Select(field => RenderField(field.Key, field.Value)))}
            <button type="submit">Submit</button>
            </form>
            """);
    }

    private Html RenderField(string name, string label)
    {
        var error = Errors.GetValueOrDefault(name);
        var value = string.Join(' ', user.Values(name));
        return Html.Of($"""
            <label for="{name}">{label}</label>
            <input id="{name}" name="{name}" value="{value}" type="text"{ErrorAttributes(name, error)}/>
            {ErrorMessage(name, error)}

            """);
    }
}
