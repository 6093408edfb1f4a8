using Sandbox.Keycloak.Admin;
using Sandbox.Keycloak.Console;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Oidc;
using Sandbox.Keycloak.Storage;
using Sandbox.Keycloak.Tokens;

namespace Sandbox.Keycloak;

/// <summary>
/// A Keycloak 26.7 as far as the control plane, its tests and its demo need one: realms, clients, users and roles over
/// the admin API, tokens, and a login page. What it knows it answers as strictly as the real one; what it does not play
/// it refuses with 501.
/// </summary>
public static class KeycloakEndpoints
{
    /// <summary>The real server answers 431 to a request whose headers are longer than this, in bytes.</summary>
    public const int HeaderLimit = 65_535;

    /// <summary>Puts the server at the root of <paramref name="app"/>, which it has for itself.</summary>
    public static void MapKeycloak(this WebApplication app, KeycloakState state)
    {
        app.UseKeycloakPipeline(state);
        app.UseRouting();
        app.MapDiscovery();
        app.MapTokens();
        app.MapAuthorization();
        app.MapLogin();
        app.MapRequiredActions();
        app.MapLogout();
        app.MapUserInfo();
        app.MapIntrospection();
        app.MapRealms();
        app.MapPartialImport();
        app.MapClients();
        app.MapProtocolMappers();
        app.MapUsers();
        app.MapCredentials();
        app.MapAttackDetection();
        app.MapUserProfile();
        app.MapRoleMappings();
        app.MapRoles();
        app.MapConsole();
        app.MapNotPlayed();
    }
}
