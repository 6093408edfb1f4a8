using ControlPlane;
using ControlPlane.Provisioning;
using Worker.Saga;

namespace Worker.Systems.Keycloak;

/// <summary>A tenant's realms in Keycloak, found by the mark that nobody can rewrite: their id.</summary>
public sealed class TenantRealmFinder(KeycloakAdmin keycloak, ResourceRecords resources)
{
    /// <summary>Of this attempt and the ones before it, under whatever name.</summary>
    /// <exception cref="ControlPlaneException">Keycloak does not show what we know that we made.</exception>
    public async Task<IReadOnlyList<RealmRepresentation>> FindOursAsync(
        ProvisionedTenant tenant, CancellationToken cancellationToken)
    {
        var realms = await keycloak.FindRealmsAsync(cancellationToken);
        List<RealmRepresentation> ours = [.. (realms ?? []).Where(realm => AttemptOf(tenant, realm) is not null)];
        if (await FindUnlistedAsync(tenant, ours, cancellationToken) is { } there
            && (realms is null || there.Id is null || AttemptOf(tenant, there) is not null))
        {
            throw new ControlPlaneException(ErrorCode.Forbidden,
                $"Keycloak no longer shows the realm {there.Realm} to the account that made it; "
                + "give it its rights back.");
        }

        return ours;
    }

    /// <summary>
    /// Somebody else's realm under the name of one that was made, was never recorded as deleted, and is not there.
    /// </summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="ours">What was found of it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What to say of it; null where there is none.</returns>
    public async Task<string?> FindReplacedAsync(
        ProvisionedTenant tenant, IReadOnlyList<RealmRepresentation> ours, CancellationToken cancellationToken) =>
        await FindUnlistedAsync(tenant, ours, cancellationToken) is { } there
            ? $"A realm was made here and never seen deleted; the one that has the name now ({there.Id}) is not ours. "
                + "It was not touched: look, and rename or delete it."
            : null;

    /// <summary>The name of this attempt's realm.</summary>
    /// <exception cref="ControlPlaneException">It is not there.</exception>
    public async Task<string> RequireAsync(ProvisionedTenant tenant, CancellationToken cancellationToken)
    {
        var realm = await keycloak.FindRealmAsync(tenant.Resources.Realm, cancellationToken);
        if (Judge(tenant, realm) != Ownership.Ours)
        {
            realm = await keycloak.FindRealmAsync(tenant.RealmId(tenant.Mark.Attempt), cancellationToken);
        }

        return realm?.Realm ?? throw new ControlPlaneException(ErrorCode.NotFound,
            $"The realm {tenant.Resources.Realm} of this attempt is not there any more.");
    }

    // An account that has made no realm may see none, and so may one that has lost its rights, over all realms or over
    // one: only what was recorded as made tells them apart.
    private async Task<RealmRepresentation?> FindUnlistedAsync(
        ProvisionedTenant tenant, IReadOnlyList<RealmRepresentation> ours, CancellationToken cancellationToken)
    {
        string realm = tenant.Resources.Realm;
        return await resources.FindMakerAsync(
                tenant.Mark.Tenant, tenant.Mark.Attempt, ResourceTypes.KeycloakRealm, realm,
                cancellationToken) is { } maker
            && ours.All(found => AttemptOf(tenant, found) != maker)
                ? await keycloak.FindRealmAsync(realm, cancellationToken)
                : null;
    }

    private static int? AttemptOf(ProvisionedTenant tenant, RealmRepresentation realm) =>
        Guid.TryParse(realm.Id, out var id)
            && Enumerable.Range(1, tenant.Mark.Attempt).FirstOrDefault(attempt => tenant.RealmId(attempt) == id) is > 0
                and var found
            ? found
            : null;

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
