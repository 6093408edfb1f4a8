using System.Runtime.CompilerServices;
using ControlPlane.Provisioning;
using ControlPlane.Readings;
using ControlPlane.Tenants;
using Worker.Hosting;
using Worker.Saga;
using Worker.Sweeps;

namespace Worker.Systems.Keycloak;

/// <summary>
/// Finds the realms that this installation created, under any name. A realm's id is the hash of its mark and cannot be
/// changed. For an attempt that the database knows, the id is computed. For another one the mark is read from the
/// realm's attributes and counts only if the id is its hash. The realm's administrator can erase the attributes, but
/// cannot make them name another owner.
/// </summary>
public sealed class KeycloakInventory(
    KeycloakAdmin keycloak, TenantRealmFinder realms, AttemptEvidence attempts, WorkerOptions options)
    : ISystemInventory
{
    public string SystemId => KeycloakSystem.SystemId;

    public string MarkedType => ResourceTypes.KeycloakRealm;

    public async Task<IReadOnlyList<Finding>> FindAsync(ProvisionedTenant tenant, CancellationToken cancellationToken)
    {
        var ours = await realms.FindOursAsync(tenant, cancellationToken);
        var found = new List<Finding>();
        foreach (var realm in ours)
        {
            await AddContentsAsync(found, tenant, realm, cancellationToken);
        }

        string name = tenant.Resources.Realm;
        if (ours.All(realm => realm.Realm != name)
            && await keycloak.FindRealmAsync(name, cancellationToken) is { } other)
        {
            // After an older database was restored, it may be of an attempt that the database does not know.
            int? attempt = Guid.TryParse(other.Id, out var id)
                ? tenant.AttemptOf(await ReadMarkAsync(name, id, cancellationToken))
                : null;
            found.Add(new Finding(
                ResourceTypes.KeycloakRealm, name, attempt, "Its id is none of this tenant's attempts'."));
        }

        return found;
    }

    public async IAsyncEnumerable<MarkedPage> ListMarkedAsync(
        string after, ErrorCollector errors, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Keycloak has no pages of realms.
        var ids = new Dictionary<string, Guid>(StringComparer.Ordinal);
        foreach (var realm in await keycloak.FindRealmsAsync(cancellationToken) ?? [])
        {
            if (Guid.TryParse(realm.Id, out var id))
            {
                ids[realm.Realm!] = id;
            }
        }

        // Read after the realms: an attempt is on record before it makes one.
        var known = await ListMarksAsync([.. ids.Values], cancellationToken);
        await foreach (var page in MarkedPage.ReadAsync(ids.Keys, after, ReadAsync, errors, cancellationToken))
        {
            yield return page;
        }

        async Task<MarkedObject?> ReadAsync(string realm) =>
            (known.GetValueOrDefault(ids[realm]) ?? await ReadMarkAsync(realm, ids[realm], cancellationToken))
                is { } mark
                    ? new MarkedObject(realm, mark)
                    : null;
    }

    public async Task<bool> DeleteAsync(
        MarkedObject found, Func<Task> beforeChange, CancellationToken cancellationToken)
    {
        if (!await IsUnchangedAsync(found, cancellationToken))
        {
            return false;
        }

        await beforeChange();
        await keycloak.DisableRealmAsync(found.Name, cancellationToken);
        // Administrators of a disabled realm cannot log in, and thus cannot give its name to another realm.
        if (!await IsUnchangedAsync(found, cancellationToken))
        {
            return false;
        }

        await beforeChange();
        await keycloak.DeleteRealmAsync(found.Name, cancellationToken);
        return true;
    }

    /// <summary>The marks of the attempts that have made these realms; only those are kept in memory.</summary>
    private async Task<Dictionary<Guid, OwnershipMark>> ListMarksAsync(
        HashSet<Guid> realmIds, CancellationToken cancellationToken)
    {
        var marks = new Dictionary<Guid, OwnershipMark>();
        await foreach (var (tenantId, attempt) in attempts.ListAsync(cancellationToken))
        {
            var mark = new OwnershipMark(options.InstallationId, tenantId, attempt);
            var realmId = RealmId(mark);
            if (realmIds.Contains(realmId))
            {
                marks[realmId] = mark;
            }
        }

        return marks;
    }

    private async Task AddContentsAsync(
        List<Finding> found, ProvisionedTenant tenant, RealmRepresentation realm, CancellationToken cancellationToken)
    {
        string name = realm.Realm!;
        var id = Guid.Parse(realm.Id!);
        int attempt = TenantRealmFinder.AttemptOf(tenant, realm)!.Value;
        found.Add(new Finding(ResourceTypes.KeycloakRealm, name, attempt,
            name == tenant.Resources.Realm ? $"id {id:D}" : $"id {id:D}, renamed from {tenant.Resources.Realm}"));
        if (await keycloak.FindClientAsync(name, tenant.Resources.Client, cancellationToken) is not null)
        {
            found.Add(new Finding(ResourceTypes.KeycloakClient, tenant.Resources.Client, attempt, $"in {name}"));
        }

        // The contacts of a released tenant may be erased. Keycloak stores user names in lower case.
        if (tenant.Tenant.Contacts is [{ Email: var email }, ..]
            && await keycloak.FindUserAsync(name, email.ToLowerInvariant(), cancellationToken) is not null)
        {
            found.Add(new Finding(ResourceTypes.KeycloakAdminUser, email, attempt, $"in {name}"));
        }
    }

    private async Task<OwnershipMark?> ReadMarkAsync(string realm, Guid id, CancellationToken cancellationToken)
    {
        var attributes = (await keycloak.FindRealmAsync(realm, cancellationToken))?.Attributes;
        return attributes is not null
            && OwnershipMark.FromTags(attributes) is { } mark
            && mark.Installation == options.InstallationId
            && RealmId(mark) == id
                ? mark
                : null;
    }

    private async Task<bool> IsUnchangedAsync(MarkedObject found, CancellationToken cancellationToken) =>
        Guid.TryParse((await keycloak.FindRealmAsync(found.Name, cancellationToken))?.Id, out var id)
        && id == RealmId(found.Mark);

    private static Guid RealmId(OwnershipMark mark) =>
        TenantResources.RealmId(mark.Installation, mark.Tenant, mark.Attempt);
}
