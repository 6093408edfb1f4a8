using ControlPlane;
using ControlPlane.Provisioning;
using Worker.Saga;

namespace Worker.Systems.Keycloak;

/// <summary>Finds a tenant's realms by their id, the mark that no administrator of a realm can change.</summary>
public sealed class TenantRealmFinder(KeycloakAdmin keycloak, ResourceRecords resources)
{
    /// <summary>The realms of this attempt and earlier ones, under any name.</summary>
    /// <exception cref="ControlPlaneException">
    /// <c>forbidden</c>: a realm that was recorded as created is hidden from the worker's account.
    /// </exception>
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
    /// Whether a realm of this tenant was recorded as created and never as deleted, and a foreign realm has its name.
    /// </summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="ours">The realms that <see cref="FindOursAsync"/> found.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<bool> IsReplacedAsync(
        ProvisionedTenant tenant, IReadOnlyList<RealmRepresentation> ours, CancellationToken cancellationToken) =>
        await FindUnlistedAsync(tenant, ours, cancellationToken) is not null;

    /// <summary>The name of this attempt's realm.</summary>
    /// <exception cref="ControlPlaneException"><c>not_found</c>: the realm does not exist.</exception>
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

    /// <summary>The attempt, this or an earlier one, that made a realm; null for any other realm.</summary>
    public static int? AttemptOf(ProvisionedTenant tenant, RealmRepresentation realm) =>
        Guid.TryParse(realm.Id, out var id)
            && Enumerable.Range(1, tenant.Mark.Attempt).FirstOrDefault(attempt => tenant.RealmId(attempt) == id) is > 0
                and var found
            ? found
            : null;

    /// <summary>The owner of a realm by its id; a realm that hides its id is foreign. Null without a realm.</summary>
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

    // An account that made no realm sees none, and so does one that lost its rights, over all realms or over one. Only
    // the record of a created realm tells these cases apart.
    private async Task<RealmRepresentation?> FindUnlistedAsync(
        ProvisionedTenant tenant, IReadOnlyList<RealmRepresentation> ours, CancellationToken cancellationToken)
    {
        string realm = tenant.Resources.Realm;
        int? maker = await resources.FindCreatingAttemptAsync(
            tenant.Mark.Tenant, tenant.Mark.Attempt, ResourceTypes.KeycloakRealm, realm, cancellationToken);
        return maker is not null && ours.All(found => AttemptOf(tenant, found) != maker)
            ? await keycloak.FindRealmAsync(realm, cancellationToken)
            : null;
    }
}
