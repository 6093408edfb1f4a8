using System.Text.Json.Nodes;
using Refit;

namespace Worker.Systems.Keycloak;

/// <summary>The part of Keycloak's admin API that the worker uses; Refit generates the client.</summary>
public interface IKeycloakApi
{
    [Get("/admin/realms?briefRepresentation=true")]
    Task<List<RealmRepresentation>> GetRealmsAsync(CancellationToken cancellationToken);

    [Get("/admin/realms/{realm}")]
    Task<RealmRepresentation> GetRealmAsync(string realm, CancellationToken cancellationToken);

    [Post("/admin/realms")]
    Task CreateRealmAsync([Body] RealmRepresentation representation, CancellationToken cancellationToken);

    [Put("/admin/realms/{realm}")]
    Task UpdateRealmAsync(string realm, [Body] RealmRepresentation changes, CancellationToken cancellationToken);

    [Delete("/admin/realms/{realm}")]
    Task DeleteRealmAsync(string realm, CancellationToken cancellationToken);

    [Get("/admin/realms/{realm}/users/profile")]
    Task<JsonObject> GetUserProfileAsync(string realm, CancellationToken cancellationToken);

    /// <summary>Replaces the whole profile.</summary>
    [Put("/admin/realms/{realm}/users/profile")]
    Task UpdateUserProfileAsync(string realm, [Body] JsonObject profile, CancellationToken cancellationToken);

    [Get("/admin/realms/{realm}/clients")]
    Task<List<ClientRepresentation>> FindClientsAsync(
        string realm, [Query] string clientId, CancellationToken cancellationToken);

    [Post("/admin/realms/{realm}/clients")]
    Task CreateClientAsync(string realm, [Body] ClientRepresentation client, CancellationToken cancellationToken);

    [Put("/admin/realms/{realm}/clients/{id}")]
    Task UpdateClientAsync(
        string realm, string id, [Body] ClientRepresentation changes, CancellationToken cancellationToken);

    [Get("/admin/realms/{realm}/clients/{id}/client-secret")]
    Task<CredentialRepresentation> GetClientSecretAsync(string realm, string id, CancellationToken cancellationToken);

    [Get("/admin/realms/{realm}/clients/{id}/service-account-user")]
    Task<UserRepresentation> GetServiceAccountUserAsync(string realm, string id, CancellationToken cancellationToken);

    [Get("/admin/realms/{realm}/roles/{role}")]
    Task<RoleRepresentation> GetRealmRoleAsync(string realm, string role, CancellationToken cancellationToken);

    [Post("/admin/realms/{realm}/roles")]
    Task CreateRealmRoleAsync(string realm, [Body] RoleRepresentation role, CancellationToken cancellationToken);

    [Get("/admin/realms/{realm}/users?exact=true")]
    Task<List<UserRepresentation>> FindUsersAsync(
        string realm, [Query] string username, CancellationToken cancellationToken);

    [Post("/admin/realms/{realm}/users")]
    Task CreateUserAsync(string realm, [Body] UserRepresentation user, CancellationToken cancellationToken);

    [Put("/admin/realms/{realm}/users/{id}")]
    Task UpdateUserAsync(
        string realm, string id, [Body] UserRepresentation changes, CancellationToken cancellationToken);

    [Delete("/admin/realms/{realm}/users/{id}")]
    Task DeleteUserAsync(string realm, string id, CancellationToken cancellationToken);

    [Put("/admin/realms/{realm}/users/{id}/reset-password")]
    Task SetPasswordAsync(
        string realm, string id, [Body] CredentialRepresentation credential, CancellationToken cancellationToken);

    [Get("/admin/realms/{realm}/users/{id}/role-mappings/realm")]
    Task<List<RoleRepresentation>> GetRealmRolesOfAsync(string realm, string id, CancellationToken cancellationToken);

    [Post("/admin/realms/{realm}/users/{id}/role-mappings/realm")]
    Task GrantRealmRolesAsync(
        string realm, string id, [Body] List<RoleRepresentation> roles, CancellationToken cancellationToken);

    [Get("/admin/realms/{realm}/users/{id}/role-mappings/clients/{client}")]
    Task<List<RoleRepresentation>> GetClientRolesOfAsync(
        string realm, string id, string client, CancellationToken cancellationToken);

    /// <summary>Imports users with their roles in one transaction.</summary>
    [Post("/admin/realms/{realm}/partialImport")]
    Task ImportAsync(string realm, [Body] PartialImport import, CancellationToken cancellationToken);
}
