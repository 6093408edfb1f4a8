using System.Net;

namespace Worker.Systems.Keycloak;

/// <summary>
/// Keycloak's admin API in the terms of the control plane: what is not there is null or nothing, a name that is taken
/// is false, every other refusal an <see cref="OutsideSystemException"/>.
/// </summary>
public sealed class KeycloakAdmin(IKeycloakApi api)
{
    public const string System = "Keycloak";

    /// <summary>
    /// The realms this account may see: a service account sees those it made. Null where it may see none: so Keycloak
    /// answers one that has made none yet, and one that has lost its rights.
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

    /// <summary>Of a realm of somebody else only the name, without its id.</summary>
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

    /// <summary>By id, whatever its name is now: a tenant's own realm-admin may rename its realm.</summary>
    public async Task<RealmRepresentation?> FindRealmAsync(Guid id, CancellationToken cancellationToken)
    {
        string text = id.ToString("D");
        var realms = await FindRealmsAsync(cancellationToken);
        return realms?.FirstOrDefault(r => string.Equals(r.Id, text, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>
    /// The whole realm (clients, users, profile, roles) in one request and one transaction of Keycloak's.
    /// </summary>
    /// <returns>False when a realm with this name or id is there already.</returns>
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
        UnlessGone(api.UpdateRealmAsync(realm, new RealmRepresentation { Enabled = false }, cancellationToken));

    public Task DeleteRealmAsync(string realm, CancellationToken cancellationToken) =>
        UnlessGone(api.DeleteRealmAsync(realm, cancellationToken));

    /// <summary>The names of the attributes that the realm's user profile declares.</summary>
    public async Task<IReadOnlyList<string>> DeclaredAttributesAsync(string realm, CancellationToken cancellationToken)
    {
        using var profile = await api.GetUserProfileAsync(realm, cancellationToken);
        return [.. profile.RootElement.GetProperty("attributes").EnumerateArray()
            .Select(attribute => attribute.GetProperty("name").GetString()!)];
    }

    public async Task<ClientRepresentation?> FindClientAsync(
        string realm, string clientId, CancellationToken cancellationToken) =>
        (await api.FindClientsAsync(realm, clientId, cancellationToken)).SingleOrDefault();

    public Task CreateClientAsync(string realm, ClientRepresentation client, CancellationToken cancellationToken) =>
        api.CreateClientAsync(realm, client, cancellationToken);

    /// <summary>Merges: what is null stays.</summary>
    public Task UpdateClientAsync(
        string realm, string id, ClientRepresentation changes, CancellationToken cancellationToken) =>
        api.UpdateClientAsync(realm, id, changes, cancellationToken);

    public async Task<string?> ClientSecretAsync(string realm, string id, CancellationToken cancellationToken) =>
        (await api.GetClientSecretAsync(realm, id, cancellationToken)).Value;

    public Task<UserRepresentation> ServiceAccountUserAsync(
        string realm, string id, CancellationToken cancellationToken) =>
        api.GetServiceAccountUserAsync(realm, id, cancellationToken);

    /// <summary>By name, which Keycloak keeps in lower case.</summary>
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

    /// <returns>False when a user with this name or address is there already.</returns>
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

    /// <summary>Merges, but attributes, when given, replace all.</summary>
    public Task UpdateUserAsync(
        string realm, string id, UserRepresentation changes, CancellationToken cancellationToken) =>
        api.UpdateUserAsync(realm, id, changes, cancellationToken);

    public Task DeleteUserAsync(string realm, string id, CancellationToken cancellationToken) =>
        UnlessGone(api.DeleteUserAsync(realm, id, cancellationToken));

    /// <returns>Keycloak's own words when its password policy refuses it; null when it was taken.</returns>
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

    /// <summary>Roles of the realm itself; granting them again changes nothing.</summary>
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
    /// Makes the user with its roles; refused (409) where it is there, so that an import that lands late takes nobody's
    /// password. Keycloak lets nobody give a role over a realm that they do not hold themselves, and a service account
    /// that may only create realms does not hold <c>realm-admin</c>; whoever manages the realm may import it.
    /// </summary>
    public Task ImportUserAsync(string realm, UserRepresentation user, CancellationToken cancellationToken) =>
        api.ImportAsync(realm, new PartialImport("FAIL", [user]), cancellationToken);

    /// <summary>
    /// Of these roles of one of the realm's clients, such as <c>realm-management</c>, those the user lacks.
    /// </summary>
    public async Task<IReadOnlyList<string>> MissingClientRolesAsync(
        string realm, string userId, string clientId, IEnumerable<string> roles, CancellationToken cancellationToken)
    {
        var client = await FindClientAsync(realm, clientId, cancellationToken)
            ?? throw new OutsideSystemException(System, HttpStatusCode.NotFound, $"GET clients of {realm}",
                $"no client {clientId}");
        var held = await api.GetClientRolesOfAsync(realm, userId, client.Id!, cancellationToken);
        return [.. roles.Except(held.Select(role => role.Name!))];
    }

    private static async Task UnlessGone(Task call)
    {
        try
        {
            await call;
        }
        catch (OutsideSystemException e) when (e.Status == HttpStatusCode.NotFound)
        {
            // Gone is what was wanted.
        }
    }
}
