using System.Net;
using ControlPlane;

namespace Worker.Systems.Keycloak;

/// <summary>
/// The classes of Keycloak's errors. 403 to the admin API is a missing role of the worker's account. A realm of another
/// account is no error: it reads as 403 or without its id, and <see cref="TenantRealmFinder"/> finds it foreign.
/// </summary>
public static class KeycloakErrors
{
    /// <summary>
    /// The admin API. It answers 401 to a token that a restart has made invalid; wrong credentials show at the token
    /// endpoint.
    /// </summary>
    public static HttpErrors Admin { get; } = new(KeycloakAdmin.System, HttpErrors.ClassifyStatus, _ => false);

    /// <summary>
    /// The token endpoint. A request names only the realm, the client and its credentials (KEYCLOAK_REALM,
    /// KEYCLOAK_ADMIN_…), so it has no content to refuse.
    /// </summary>
    public static HttpErrors Token { get; } = new(
        KeycloakAdmin.System,
        status => HttpErrors.ClassifyStatus(status) is ErrorClass.Temporary
            ? ErrorClass.Temporary
            : ErrorClass.Connection,
        // 400 to a user with a wrong password or a disabled one, 401 to a client.
        status => status is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden);
}
