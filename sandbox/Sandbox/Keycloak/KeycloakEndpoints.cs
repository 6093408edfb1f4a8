using Sandbox.Keycloak.Admin;
using Sandbox.Keycloak.Console;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Oidc;
using Sandbox.Keycloak.Storage;
using Sandbox.Keycloak.Tokens;

namespace Sandbox.Keycloak;

/// <summary>
/// The part of Keycloak 26.7 that the control plane, its tests and its demo need: realms, clients, users and roles over
/// the admin API, tokens, and login pages. Implemented endpoints are as strict as the real ones; others answer 501.
/// </summary>
public static class KeycloakEndpoints
{
    /// <summary>
    /// The maximum total size of request headers in bytes; the real server answers 431 to longer ones.
    /// </summary>
    public const int MaxHeaderBytes = 65_535;

    /// <summary>Maps the server at the root of <paramref name="app"/>, which must have no other endpoints.</summary>
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
        app.MapRevocation();
        app.MapRealms();
        app.MapPartialImport();
        app.MapClients();
        app.MapProtocolMappers();
        app.MapUsers();
        app.MapCredentials();
        app.MapOfflineSessions();
        app.MapAttackDetection();
        app.MapUserProfile();
        app.MapRoleMappings();
        app.MapRoles();
        app.MapConsole();
    }
}
