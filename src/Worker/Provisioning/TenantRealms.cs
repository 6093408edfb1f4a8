using ControlPlane;
using ControlPlane.Provisioning;
using Worker.Keycloak;

namespace Worker.Provisioning;

/// <summary>A tenant's realms in Keycloak, found by the mark that nobody can rewrite: their id.</summary>
public sealed class TenantRealms(KeycloakAdmin keycloak, ResourceRecords resources)
{
    /// <summary>Of this attempt and the ones before it, under whatever name.</summary>
    /// <exception cref="ControlPlaneException">Keycloak does not show what we know that we made.</exception>
    public async Task<IReadOnlyList<RealmRepresentation>> FindOursAsync(
        ProvisionedTenant tenant, CancellationToken cancellation)
    {
        var ids = Enumerable.Range(1, tenant.Mark.Attempt).Select(tenant.RealmId).ToHashSet();
        if (await keycloak.FindRealmsAsync(cancellation) is not { } realms)
        {
            await RequireNothingHiddenAsync(tenant, cancellation);
            return [];
        }

        return [.. realms.Where(realm => Guid.TryParse(realm.Id, out var id) && ids.Contains(id))];
    }

    /// <summary>The name of this attempt's realm.</summary>
    /// <exception cref="ControlPlaneException">It is not there.</exception>
    public async Task<string> RequireAsync(ProvisionedTenant tenant, CancellationToken cancellation)
    {
        var realm = await keycloak.FindRealmAsync(tenant.Resources.Realm, cancellation);
        if (Judge(tenant, realm) != Ownership.Ours)
        {
            realm = await keycloak.FindRealmAsync(tenant.RealmId(tenant.Mark.Attempt), cancellation);
        }

        return realm?.Realm ?? throw new ControlPlaneException(ErrorCode.NotFound,
            $"The realm {tenant.Resources.Realm} of this attempt is not there any more.");
    }

    // An account that has made no realm may see none, and so may one that has lost its rights: only what was recorded
    // as made tells the two apart.
    private async Task RequireNothingHiddenAsync(ProvisionedTenant tenant, CancellationToken cancellation)
    {
        string realm = tenant.Resources.Realm;
        if (await resources.IsCreatedAsync(tenant.Mark.Tenant, ResourceTypes.KeycloakRealm, realm, cancellation)
            && await keycloak.FindRealmAsync(realm, cancellation) is not null)
        {
            throw new ControlPlaneException(ErrorCode.Forbidden,
                $"Keycloak no longer shows the realm {realm} to the account that made it; give it its rights back.");
        }
    }

    /// <summary>Whose a realm is, by its id; one that does not show its id is somebody else's.</summary>
    public static Ownership? Judge(ProvisionedTenant tenant, RealmRepresentation? realm)
    {
        if (realm is null)
        {
            return null;
        }

        int newest = Math.Max(tenant.Tenant.Attempt, tenant.Mark.Attempt);
        return Guid.TryParse(realm.Id, out var id)
            ? tenant.Mark.Judge(Enumerable.Range(1, newest)
                .Where(attempt => tenant.RealmId(attempt) == id)
                .Select(attempt => tenant.Mark with { Attempt = attempt })
                .SingleOrDefault())
            : Ownership.Foreign;
    }
}
