using ControlPlane;
using ControlPlane.Provisioning;
using Worker.Saga;

namespace Worker.Systems.Keycloak;

/// <summary>Finds a tenant's realms by their id, which no administrator of a realm can change.</summary>
public sealed class TenantRealmFinder(KeycloakAdmin keycloak, ResourceRecords resources)
{
    /// <summary>Finds the realms of this attempt and earlier ones, under any name.</summary>
    /// <exception cref="ControlPlaneException">
    /// <c>forbidden</c>: a realm that is recorded as created is hidden from the worker's account.
    /// </exception>
    public async Task<IReadOnlyList<RealmRepresentation>> FindOursAsync(
        ProvisionedTenant tenant, CancellationToken cancellationToken)
    {
        var realms = await keycloak.FindRealmsAsync(cancellationToken);
        List<RealmRepresentation> ours = [.. (realms ?? []).Where(realm => AttemptOf(tenant, realm) is not null)];
        if (await FindUnlistedAsync(tenant, ours, cancellationToken) is { } hidden
            && (realms is null || hidden.Id is null || AttemptOf(tenant, hidden) is not null))
        {
            throw new ControlPlaneException(ErrorCode.Forbidden,
                $"Keycloak no longer shows the realm {hidden.Realm} to the account that created it; "
                + "restore the rights of the account.");
        }

        return ours;
    }

    /// <summary>
    /// Whether a realm of this tenant is recorded as created and not as deleted, but a foreign realm has its name.
    /// </summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="ours">The realms that <see cref="FindOursAsync"/> found.</param>
    /// <param name="cancellationToken">Cancels the calls.</param>
    public async Task<bool> IsReplacedAsync(
        ProvisionedTenant tenant, IReadOnlyList<RealmRepresentation> ours, CancellationToken cancellationToken) =>
        await FindUnlistedAsync(tenant, ours, cancellationToken) is not null;

    /// <summary>Returns the name of this attempt's realm.</summary>
    /// <exception cref="ControlPlaneException"><c>not_found</c>: the realm does not exist.</exception>
    public async Task<string> RequireAsync(ProvisionedTenant tenant, CancellationToken cancellationToken)
    {
        var realm = await keycloak.FindRealmAsync(tenant.Resources.Realm, cancellationToken);
        if (GetOwnership(tenant, realm) != Ownership.Ours)
        {
            realm = await keycloak.FindRealmAsync(tenant.RealmId(tenant.Mark.Attempt), cancellationToken);
        }

        return realm?.Realm ?? throw new ControlPlaneException(ErrorCode.NotFound,
            $"The realm {tenant.Resources.Realm} of this attempt no longer exists.");
    }

    /// <summary>Finds the attempt, this or an earlier one, that created a realm; null for any other realm.</summary>
    public static int? AttemptOf(ProvisionedTenant tenant, RealmRepresentation realm) =>
        Guid.TryParse(realm.Id, out var id)
            && Enumerable.Range(1, tenant.Mark.Attempt).FirstOrDefault(attempt => tenant.RealmId(attempt) == id) is > 0
                and var found
            ? found
            : null;

    /// <summary>
    /// Determines the owner of a realm by its id; a realm with a hidden id is foreign. Null without a realm.
    /// </summary>
    public static Ownership? GetOwnership(ProvisionedTenant tenant, RealmRepresentation? realm)
    {
        if (realm is null)
        {
            return null;
        }

        int maxAttempt = Math.Max(tenant.Tenant.Attempt, tenant.Mark.Attempt);
        return Guid.TryParse(realm.Id, out var id)
            ? tenant.Mark.GetOwnership(Enumerable.Range(1, maxAttempt)
                .Where(attempt => tenant.RealmId(attempt) == id)
                .Select(attempt => tenant.Mark with { Attempt = attempt })
                .SingleOrDefault())
            : Ownership.Foreign;
    }

    // An account that created no realm sees none. An account that lost its rights also misses realms, all or one. Only
    // the record of a created realm distinguishes these cases.
    private async Task<RealmRepresentation?> FindUnlistedAsync(
        ProvisionedTenant tenant, IReadOnlyList<RealmRepresentation> ours, CancellationToken cancellationToken)
    {
        string realm = tenant.Resources.Realm;
        int? creator = await resources.FindCreatingAttemptAsync(
            tenant.Mark.Tenant, tenant.Mark.Attempt, ResourceTypes.KeycloakRealm, realm, cancellationToken);
        return creator is not null && ours.All(found => AttemptOf(tenant, found) != creator)
            ? await keycloak.FindRealmAsync(realm, cancellationToken)
            : null;
    }
}
