using System.Net;
using System.Text.Json.Nodes;
using ControlPlane;

namespace Worker.Systems.Keycloak;

/// <summary>
/// Keycloak's admin API for the control plane. An absent object is null or no change, an existing name is false, and
/// every other error is an <see cref="OutsideSystemException"/>.
/// </summary>
public sealed class KeycloakAdmin(IKeycloakApi api)
{
    public const string System = "Keycloak";

    /// <summary>
    /// Lists the realms that this account may see; a service account sees those it created. Null for 403: Keycloak
    /// answers so to an account that has created no realm yet, and to one that has lost its rights.
    /// </summary>
    public async Task<IReadOnlyList<RealmRepresentation>?> FindRealmsAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await api.GetRealmsAsync(cancellationToken);
        }
        catch (OutsideSystemException e) when (e.Status == HttpStatusCode.Forbidden)
        {
            return null;
        }
    }

    /// <summary>Finds a realm by name. A realm of another account has only its name, without its id.</summary>
    public async Task<RealmRepresentation?> FindRealmAsync(string realm, CancellationToken cancellationToken)
    {
        try
        {
            return await api.GetRealmAsync(realm, cancellationToken);
        }
        catch (OutsideSystemException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
        catch (OutsideSystemException e) when (e.Status == HttpStatusCode.Forbidden)
        {
            return new RealmRepresentation { Realm = realm };
        }
    }

    /// <summary>Finds a realm by id, since a tenant's own realm-admin may rename its realm.</summary>
    public async Task<RealmRepresentation?> FindRealmAsync(Guid id, CancellationToken cancellationToken)
    {
        string text = id.ToString("D");
        var realms = await FindRealmsAsync(cancellationToken);
        return realms?.FirstOrDefault(r => string.Equals(r.Id, text, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>
    /// Creates a realm with its clients, users, profile and roles in one request, and one transaction in Keycloak.
    /// </summary>
    /// <returns>False when a realm with this name or id already exists.</returns>
    public async Task<bool> CreateRealmAsync(RealmRepresentation realm, CancellationToken cancellationToken)
    {
        try
        {
            await api.CreateRealmAsync(realm, cancellationToken);
            return true;
        }
        catch (OutsideSystemException e) when (e.Status == HttpStatusCode.Conflict)
        {
            return false;
        }
    }

    public Task DisableRealmAsync(string realm, CancellationToken cancellationToken) =>
        IgnoreNotFoundAsync(
            api.UpdateRealmAsync(realm, new RealmRepresentation { Enabled = false }, cancellationToken));

    public Task DeleteRealmAsync(string realm, CancellationToken cancellationToken) =>
        IgnoreNotFoundAsync(api.DeleteRealmAsync(realm, cancellationToken));

    /// <summary>Updates a realm; a null field stays unchanged. Non-null attributes replace all attributes.</summary>
    public Task UpdateRealmAsync(string realm, RealmRepresentation changes, CancellationToken cancellationToken) =>
        api.UpdateRealmAsync(realm, changes, cancellationToken);

    public Task<JsonObject> UserProfileAsync(string realm, CancellationToken cancellationToken) =>
        api.GetUserProfileAsync(realm, cancellationToken);

    /// <summary>Replaces the whole user profile.</summary>
    public Task UpdateUserProfileAsync(string realm, JsonObject profile, CancellationToken cancellationToken) =>
        api.UpdateUserProfileAsync(realm, profile, cancellationToken);

    public async Task<ClientRepresentation?> FindClientAsync(
        string realm, string clientId, CancellationToken cancellationToken) =>
        (await api.FindClientsAsync(realm, clientId, cancellationToken)).SingleOrDefault();

    public Task CreateClientAsync(string realm, ClientRepresentation client, CancellationToken cancellationToken) =>
        api.CreateClientAsync(realm, client, cancellationToken);

    /// <summary>Updates a client; a null field stays unchanged.</summary>
    public Task UpdateClientAsync(
        string realm, string id, ClientRepresentation changes, CancellationToken cancellationToken) =>
        api.UpdateClientAsync(realm, id, changes, cancellationToken);

    public async Task<string?> ClientSecretAsync(string realm, string id, CancellationToken cancellationToken) =>
        (await api.GetClientSecretAsync(realm, id, cancellationToken)).Value;

    public Task<UserRepresentation> ServiceAccountUserAsync(
        string realm, string id, CancellationToken cancellationToken) =>
        api.GetServiceAccountUserAsync(realm, id, cancellationToken);

    /// <summary>Finds a user by name. Keycloak stores user names in lower case.</summary>
    public async Task<UserRepresentation?> FindUserAsync(
        string realm, string username, CancellationToken cancellationToken)
    {
        try
        {
            return (await api.FindUsersAsync(realm, username, cancellationToken)).SingleOrDefault();
        }
        catch (OutsideSystemException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <returns>False when a user with this name or address already exists.</returns>
    public async Task<bool> CreateUserAsync(
        string realm, UserRepresentation user, CancellationToken cancellationToken)
    {
        try
        {
            await api.CreateUserAsync(realm, user, cancellationToken);
            return true;
        }
        catch (OutsideSystemException e) when (e.Status == HttpStatusCode.Conflict)
        {
            return false;
        }
    }

    /// <summary>Updates a user; a null field stays unchanged. Non-null attributes replace all attributes.</summary>
    public Task UpdateUserAsync(
        string realm, string id, UserRepresentation changes, CancellationToken cancellationToken) =>
        api.UpdateUserAsync(realm, id, changes, cancellationToken);

    public Task DeleteUserAsync(string realm, string id, CancellationToken cancellationToken) =>
        IgnoreNotFoundAsync(api.DeleteUserAsync(realm, id, cancellationToken));

    /// <returns>Keycloak's error text when its password policy refuses the password; null on success.</returns>
    public async Task<string?> SetPasswordAsync(
        string realm, string userId, string password, bool temporary, CancellationToken cancellationToken)
    {
        try
        {
            var credential = new CredentialRepresentation { Value = password, Temporary = temporary };
            await api.SetPasswordAsync(realm, userId, credential, cancellationToken);
            return null;
        }
        catch (OutsideSystemException e) when (e.Status == HttpStatusCode.BadRequest)
        {
            return e.Reason ?? "The password was refused.";
        }
    }

    /// <returns>False when the role already exists.</returns>
    public async Task<bool> CreateRealmRoleAsync(
        string realm, RoleRepresentation role, CancellationToken cancellationToken)
    {
        try
        {
            await api.CreateRealmRoleAsync(realm, role, cancellationToken);
            return true;
        }
        catch (OutsideSystemException e) when (e.Status == HttpStatusCode.Conflict)
        {
            return false;
        }
    }

    /// <summary>Grants realm roles that the user does not have yet.</summary>
    public async Task GrantRealmRolesAsync(
        string realm, string userId, IEnumerable<string> roles, CancellationToken cancellationToken)
    {
        var held = await api.GetRealmRolesOfAsync(realm, userId, cancellationToken);
        var missing = new List<RoleRepresentation>();
        foreach (string role in roles.Except(held.Select(r => r.Name)).OfType<string>())
        {
            var found = await api.GetRealmRoleAsync(realm, role, cancellationToken);
            missing.Add(new RoleRepresentation { Id = found.Id, Name = found.Name });
        }

        if (missing.Count > 0)
        {
            await api.GrantRealmRolesAsync(realm, userId, missing, cancellationToken);
        }
    }

    /// <summary>
    /// Creates a user with its roles by a partial import. An existing user is an error (409), so that a late import
    /// cannot replace a password. The import is needed because Keycloak lets an account grant only roles that it has:
    /// a service account that may only create realms lacks <c>realm-admin</c>, but may import into realms it manages.
    /// </summary>
    public Task ImportUserAsync(string realm, UserRepresentation user, CancellationToken cancellationToken) =>
        api.ImportAsync(realm, new PartialImport("FAIL", [user]), cancellationToken);

    /// <summary>
    /// Finds the given roles of a client, such as <c>realm-management</c>, that the user does not have.
    /// </summary>
    public async Task<IReadOnlyList<string>> MissingClientRolesAsync(
        string realm, string userId, string clientId, IEnumerable<string> roles, CancellationToken cancellationToken)
    {
        var client = await FindClientAsync(realm, clientId, cancellationToken)
            ?? throw new OutsideSystemException(
                System, HttpStatusCode.NotFound, ErrorClass.Content, $"GET clients of {realm}",
                $"no client {clientId}");
        var held = await api.GetClientRolesOfAsync(realm, userId, client.Id!, cancellationToken);
        return [.. roles.Except(held.Select(role => role.Name!))];
    }

    private static async Task IgnoreNotFoundAsync(Task call)
    {
        try
        {
            await call;
        }
        catch (OutsideSystemException e) when (e.Status == HttpStatusCode.NotFound)
        {
            // Already deleted.
        }
    }
}
