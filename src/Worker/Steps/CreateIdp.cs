using System.Net;
using ControlPlane;
using ControlPlane.Connections;
using ControlPlane.Provisioning;
using Temporalio.Activities;
using Worker.Saga;
using Worker.Sweeps;
using Worker.Systems;
using Worker.Systems.Keycloak;

namespace Worker.Steps;

/// <summary>
/// Ensures the tenant's realm with client, user profile and mappers, created in one request. The undo disables the
/// realm, then deletes it.
/// </summary>
public sealed class CreateIdp(
    KeycloakAdmin keycloak,
    KeycloakOptions options,
    TenantRealmFinder realms,
    ProvisionedTenants tenants,
    KeycloakInventory inventory,
    TenantRealmTemplate template,
    TenantRealmChanges changes,
    ResourceRecords resources,
    ConnectionParts connections,
    StepResidue residue,
    SweepDeletions deletions,
    AttemptGuard guard,
    TimeProvider time) : ICompensatedStep
{
    private static readonly TimeSpan CacheDelay = TimeSpan.FromMilliseconds(500);

    public static string Id => "create-idp";

    public static string Title => "Create IdP";

    public static string? CustomerTitle => "Login for your users";

    public static string Announcement => "Creating IdP organization";

    public static StepOptions Options => StepOptions.OutsideSystem(KeycloakSystem.RealmQueue);

    public static string? System => KeycloakSystem.SystemId;

    public static IReadOnlyList<string> ResourceTypes { get; } =
        [ControlPlane.Provisioning.ResourceTypes.KeycloakRealm, ControlPlane.Provisioning.ResourceTypes.KeycloakClient];

    private static CancellationToken CancellationToken => ActivityExecutionContext.Current.CancellationToken;

    [Activity("CreateIdp")]
    public async Task ExecuteAsync(ProvisionTenantInput input)
    {
        var tenant = await tenants.LoadAsync(input, CancellationToken);
        await deletions.RequireNoneInFlightAsync(ResourceTypes[0], tenant.Resources.Realm, CancellationToken);
        var records = Records(tenant);
        foreach (var (type, name) in records)
        {
            await resources.PlanAsync(input.TenantId, input.Attempt, type, name, details: null, CancellationToken);
        }

        await EnsureAsync(tenant, guard.BeforeChange(input));
        await connections.PutAsync(
            input.TenantId, input.Attempt,
            new IdentityConnection($"{options.Url}/realms/{tenant.Resources.Realm}", tenant.Resources.Client),
            CancellationToken);
        foreach (var (type, name) in records)
        {
            await resources.CreatedAsync(input.TenantId, input.Attempt, type, name, details: null, CancellationToken);
        }
    }

    [Activity("DeleteIdp")]
    public async Task CompensateAsync(ProvisionTenantInput input)
    {
        var tenant = await tenants.LoadAsync(input, CancellationToken);
        await connections.DeleteAsync(input.TenantId, input.Attempt, ConnectionParts.Identity, CancellationToken);
        var ours = await realms.FindOursAsync(tenant, CancellationToken);
        foreach (var realm in ours)
        {
            await DeleteAsync(realm.Realm!, guard.BeforeUndo(input, ResourceTypes[0]));
        }

        if (await realms.IsReplacedAsync(tenant, ours, CancellationToken))
        {
            // The record stays CREATED, so that the final reading reports the realm.
            return;
        }

        foreach (string type in ResourceTypes)
        {
            await resources.DeletedAsync(input.TenantId, input.Attempt, type, CancellationToken);
        }
    }

    [Activity("FindIdpResidue")]
    public async Task<int> FindResidueAsync(ProvisionTenantInput input)
    {
        var tenant = await tenants.LoadAsync(input, CancellationToken);
        var found = await inventory.FindAsync(tenant, CancellationToken);
        // The client is part of the realm.
        return await residue.RecordAsync(
            tenant, ResourceTypes, found.Where(finding => finding.Type == ResourceTypes[0]), CancellationToken);
    }

    private async Task EnsureAsync(ProvisionedTenant tenant, Func<Task> beforeChange)
    {
        string name = tenant.Resources.Realm;
        var found = await FindAsync(name);
        var ownership = TenantRealmFinder.GetOwnership(tenant, found)?.ThrowIfNotOurs($"Keycloak realm {name}");
        if (ownership == Ownership.Ours)
        {
            // Perhaps made by a worker of an earlier version.
            foreach (var change in await changes.FindAsync(tenant, found!, CancellationToken))
            {
                await beforeChange();
                await change.ApplyAsync(CancellationToken);
            }

            return;
        }

        if (ownership is not null)
        {
            // The realm id encodes the attempt and cannot be changed, so the realm is replaced.
            await DeleteAsync(name, beforeChange);
        }

        await beforeChange();
        if (!await keycloak.CreateRealmAsync(template.Build(tenant), CancellationToken))
        {
            // Another request created it first, perhaps one of an earlier try: the next try reads the owner.
            throw new OutsideSystemException(
                KeycloakAdmin.System, HttpStatusCode.Conflict, ErrorClass.Temporary, $"the creation of realm {name}",
                reason: null);
        }
    }

    // Keycloak commits a realm before it updates its caches, and briefly hides the id from the realm's creator.
    private async Task<RealmRepresentation?> FindAsync(string name)
    {
        var realm = await keycloak.FindRealmAsync(name, CancellationToken);
        if (realm is not { Id: null })
        {
            return realm;
        }

        await Task.Delay(CacheDelay, time, CancellationToken);
        return await keycloak.FindRealmAsync(name, CancellationToken);
    }

    private async Task DeleteAsync(string realm, Func<Task> beforeChange)
    {
        await beforeChange();
        await keycloak.DisableRealmAsync(realm, CancellationToken);
        await beforeChange();
        await keycloak.DeleteRealmAsync(realm, CancellationToken);
    }

    private static IReadOnlyList<(string Type, string Name)> Records(ProvisionedTenant tenant) =>
        [(ResourceTypes[0], tenant.Resources.Realm), (ResourceTypes[1], tenant.Resources.Client)];
}
