using Sandbox.Keycloak.Model;
using Sandbox.Pages;

namespace Sandbox.Keycloak.Oidc.Pages;

/// <summary>A page with a single message: an error or a confirmation.</summary>
internal sealed class MessagePage(Realm realm, int status, string heading, string text) : KeycloakPage(realm)
{
    protected override int Status => status;

    protected override string Heading => heading;

    protected override Html Content(HttpContext context) => Html.Of($"""
        <div id="kc-error-message"><p class="instruction">{text}</p></div>
        """);
}
