using ControlPlane.Connections;
using ControlPlane.Provisioning;
using Temporalio.Activities;
using Worker.Saga;
using Worker.Systems.Postgres;

namespace Worker.Steps;

/// <summary>Ensures the tenant's schema and the role that owns it. The undo drops both.</summary>
public sealed class ProvisionDatabase(
    TenantSchemas schemas,
    TenantDatabase database,
    PostgresInventory inventory,
    ProvisionedTenants tenants,
    ResourceRecords resources,
    ConnectionParts connections,
    StepResidue residue,
    AttemptGuard guard) : ICompensatedStep
{
    public static string Id => "provision-database";

    public static string Title => "Provision Database";

    public static string? CustomerTitle => "Database";

    public static string Announcement => "Creating database schema";

    public static StepOptions Options => StepOptions.OutsideSystem(PostgresSystem.MainQueue);

    public static string? System => PostgresSystem.SystemId;

    public static IReadOnlyList<string> ResourceTypes { get; } =
        [ControlPlane.Provisioning.ResourceTypes.DatabaseSchema];

    private static CancellationToken CancellationToken => ActivityExecutionContext.Current.CancellationToken;

    [Activity("ProvisionDatabase")]
    public async Task ExecuteAsync(ProvisionTenantInput input)
    {
        var tenant = await tenants.LoadAsync(input, CancellationToken);
        string name = tenant.Resources.Schema;
        await resources.PlanAsync(
            input.TenantId, input.Attempt, ResourceTypes[0], name, details: null, CancellationToken);
        await schemas.EnsureAsync(name, tenant.Mark, guard.BeforeChange(input), CancellationToken);
        await connections.PutAsync(input.TenantId, input.Attempt, database.Describe(name), CancellationToken);
        await resources.CreatedAsync(
            input.TenantId, input.Attempt, ResourceTypes[0], name, details: null, CancellationToken);
    }

    [Activity("DropDatabase")]
    public async Task CompensateAsync(ProvisionTenantInput input)
    {
        var tenant = await tenants.LoadAsync(input, CancellationToken);
        string name = tenant.Resources.Schema;
        await connections.DeleteAsync(input.TenantId, input.Attempt, ConnectionParts.Database, CancellationToken);
        await schemas.DropAsync(name, tenant.Mark, guard.BeforeUndo(input, ResourceTypes[0]), CancellationToken);
        if (await residue.IsRecordedAsync(tenant, ResourceTypes[0], name, CancellationToken)
            && (await inventory.FindAsync(tenant, CancellationToken)).Count > 0)
        {
            // The record stays CREATED, so that the final reading reports the object that now has the name.
            return;
        }

        await resources.DeletedAsync(input.TenantId, input.Attempt, ResourceTypes[0], CancellationToken);
    }

    [Activity("FindDatabaseResidue")]
    public async Task<int> FindResidueAsync(ProvisionTenantInput input)
    {
        var tenant = await tenants.LoadAsync(input, CancellationToken);
        var found = await inventory.FindAsync(tenant, CancellationToken);
        return await residue.RecordAsync(tenant, ResourceTypes, found, CancellationToken);
    }
}
