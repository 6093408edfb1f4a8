using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Oidc.Pages;

namespace Sandbox.Keycloak.Oidc;

internal static class LoginRealm
{
    /// <summary>Finds the realm of a login page.</summary>
    /// <exception cref="Refusal">404: not found.</exception>
    /// <exception cref="LoginFailure">400: the realm is disabled.</exception>
    public static Realm Find(HttpContext context, string name)
    {
        var realm = context.Keycloak().Current.Find(name) ?? throw Refusal.Error(404, "Realm does not exist");
        return realm.Enabled ? realm : throw new LoginFailure(realm, 400, "Realm not enabled");
    }
}
