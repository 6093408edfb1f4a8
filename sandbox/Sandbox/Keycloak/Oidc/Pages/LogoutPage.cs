using Sandbox.Keycloak.Model;
using Sandbox.Pages;

namespace Sandbox.Keycloak.Oidc.Pages;

/// <summary>Asks for confirmation, so that a link on another site cannot log the user out.</summary>
internal sealed class LogoutPage(Realm realm, string sessionCode) : KeycloakPage(realm)
{
    protected override string Title => "Logging out";

    protected override string Heading => "Logging out";

    protected override Html Content(HttpContext context) => Html.Of($"""
        <p class="instruction">Do you want to log out?</p>
        <form action="{LogoutApi.GetConfirmPath(Realm)}" method="post">
        <input type="hidden" name="session_code" value="{sessionCode}"/>
        <button name="confirmLogout" id="kc-logout" type="submit" value="Logout">Logout</button>
        </form>
        """);
}
