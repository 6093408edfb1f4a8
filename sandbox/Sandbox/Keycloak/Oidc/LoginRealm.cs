using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Oidc.Pages;

namespace Sandbox.Keycloak.Oidc;

internal static class LoginRealm
{
    /// <summary>Finds the realm of a login page.</summary>
    /// <exception cref="KeycloakException">404: not found.</exception>
    /// <exception cref="ErrorPageException">400: the realm is disabled.</exception>
    public static Realm Find(HttpContext context, string name)
    {
        var realm = context.GetState().GetRealm(name);
        return realm.Enabled ? realm : throw new ErrorPageException(realm, 400, "Realm not enabled");
    }
}
