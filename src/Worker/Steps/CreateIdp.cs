using System.Net;
using ControlPlane.Provisioning;
using Temporalio.Activities;
using Worker.Hosting;
using Worker.Saga;
using Worker.Sweeps;
using Worker.Systems;
using Worker.Systems.Keycloak;

namespace Worker.Steps;

/// <summary>
/// 2: the tenant's realm with client, user profile and mappers, in one request. Undo: disable, then delete.
/// </summary>
public sealed class CreateIdp(
    KeycloakAdmin keycloak,
    TenantRealmFinder realms,
    ProvisionedTenants tenants,
    ResourceRecords resources,
    ResidueRecords residue,
    SweepDeletions deletions,
    AttemptGuard guard,
    TimeProvider time) : ICompensatedStep
{
    private static readonly TimeSpan CachesSettle = TimeSpan.FromMilliseconds(500);

    public static string Id => ProvisioningSteps.CreateIdp;

    public static string Announcement => "Creating IdP organization";

    public static StepOptions Options => StepOptions.Outside(TaskQueues.KeycloakRealms);

    public static IReadOnlyList<string> ResourceTypes { get; } =
        [ControlPlane.Provisioning.ResourceTypes.KeycloakRealm, ControlPlane.Provisioning.ResourceTypes.KeycloakClient];

    private static CancellationToken CancellationToken => ActivityExecutionContext.Current.CancellationToken;

    [Activity("CreateIdp")]
    public async Task ExecuteAsync(ProvisionTenantInput input)
    {
        var tenant = await tenants.LoadAsync(input, CancellationToken);
        await deletions.RequireSettledAsync(ResourceTypes[0], tenant.Resources.Realm, CancellationToken);
        var records = Records(tenant);
        foreach (var (type, name) in records)
        {
            await resources.PlanAsync(input.TenantId, input.Attempt, type, name, details: null, CancellationToken);
        }

        await EnsureAsync(tenant, guard.BeforeChange(input));
        foreach (var (type, name) in records)
        {
            await resources.CreatedAsync(input.TenantId, input.Attempt, type, name, details: null, CancellationToken);
        }
    }

    [Activity("DeleteIdp")]
    public async Task CompensateAsync(ProvisionTenantInput input)
    {
        var tenant = await tenants.LoadAsync(input, CancellationToken);
        var ours = await realms.FindOursAsync(tenant, CancellationToken);
        foreach (var realm in ours)
        {
            await DeleteAsync(realm.Realm!, guard.BeforeUndo(input));
        }

        if (await realms.FindReplacedAsync(tenant, ours, CancellationToken) is not null)
        {
            // Not seen gone: the reading names it.
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
        var ours = await realms.FindOursAsync(tenant, CancellationToken);
        var found = ours
            .Select(realm => new Residue(ResourceTypes[0], realm.Realm!, $"The realm {realm.Id} is still there."))
            .ToList();
        if (await realms.FindReplacedAsync(tenant, ours, CancellationToken) is { } replaced)
        {
            found.Add(new Residue(ResourceTypes[0], tenant.Resources.Realm, replaced));
        }

        await residue.ReplaceAsync(input.TenantId, input.Attempt, ResourceTypes, found, CancellationToken);
        return found.Count;
    }

    private async Task EnsureAsync(ProvisionedTenant tenant, Func<Task> beforeChange)
    {
        string name = tenant.Resources.Realm;
        var ownership = TenantRealmFinder.Judge(tenant, await FindAsync(name))?.OrConflict($"Keycloak realm {name}");
        if (ownership == Ownership.Ours && await IsCompleteAsync(tenant))
        {
            return;
        }

        if (ownership is not null)
        {
            // Its id says which attempt made it and cannot be changed, so it is made anew.
            await DeleteAsync(name, beforeChange);
        }

        await beforeChange();
        var wanted = TenantRealm.Build(
            tenant.Mark, tenant.Resources, tenant.Tenant.Name, tenant.ProvenDomains);
        if (!await keycloak.CreateRealmAsync(wanted, CancellationToken))
        {
            // Somebody was faster, be it an earlier try whose answer is still to come: the next try sees who.
            throw new OutsideSystemException(
                KeycloakAdmin.System, HttpStatusCode.Conflict, $"the creation of realm {name}", reason: null);
        }
    }

    // Keycloak commits a realm before its caches know whose it is: for a moment it shows its maker no id.
    private async Task<RealmRepresentation?> FindAsync(string name)
    {
        var realm = await keycloak.FindRealmAsync(name, CancellationToken);
        if (realm is not { Id: null })
        {
            return realm;
        }

        await Task.Delay(CachesSettle, time, CancellationToken);
        return await keycloak.FindRealmAsync(name, CancellationToken);
    }

    private async Task<bool> IsCompleteAsync(ProvisionedTenant tenant)
    {
        string name = tenant.Resources.Realm;
        var declared = await keycloak.DeclaredAttributesAsync(name, CancellationToken);
        return declared.Contains(TenantRealm.TenantIdAttribute)
            && declared.Contains(TenantRealm.RoleAttribute)
            && await keycloak.FindClientAsync(name, tenant.Resources.Client, CancellationToken) is not null;
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
