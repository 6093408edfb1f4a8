using System.Net;
using ControlPlane;

namespace Worker.Systems.Keycloak;

/// <summary>
/// The classes of Keycloak's errors. 403 to the admin API is a missing role of the worker's account. A realm of another
/// account is no error: it reads as 403 or without its id, and <see cref="TenantRealmFinder"/> finds it foreign.
/// </summary>
public static class KeycloakErrors
{
    private const string DatabaseFailed = "Database operation failed";

    /// <summary>
    /// The admin API. It answers 401 to a token that a restart has made invalid; wrong credentials show at the token
    /// endpoint. Some of its calls answer 400 when its own database fails, for instance while that is read-only or
    /// after a deadlock (keycloak/keycloak#25993).
    /// </summary>
    public static HttpErrors Admin { get; } = new(
        KeycloakAdmin.System,
        (status, reason) => status == HttpStatusCode.BadRequest && reason == DatabaseFailed
            ? ErrorClass.Temporary
            : HttpErrors.ClassifyStatus(status),
        _ => false);

    /// <summary>
    /// The token endpoint. A request names only the realm, the client and its credentials (KEYCLOAK_REALM,
    /// KEYCLOAK_ADMIN_…), so it has no content to refuse.
    /// </summary>
    public static HttpErrors Token { get; } = new(
        KeycloakAdmin.System,
        (status, _) => HttpErrors.ClassifyStatus(status) is ErrorClass.Temporary
            ? ErrorClass.Temporary
            : ErrorClass.Connection,
        // 400 to a user with a wrong password or a disabled one, 401 to a client.
        status => status is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden);
}
