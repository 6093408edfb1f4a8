using ControlPlane.Connections;
using ControlPlane.Provisioning;
using Temporalio.Activities;
using Worker.Saga;
using Worker.Systems.Postgres;
using Worker.Systems.Secrets;

namespace Worker.Steps;

/// <summary>
/// Ensures the tenant's schema, the role that owns it and, with tenant secrets, a role that logs in. The undo drops
/// them and deletes the password.
/// </summary>
public sealed class ProvisionDatabase(
    TenantSchemas schemas,
    TenantDatabase database,
    DatabaseLogins logins,
    SecretsInventory secrets,
    PostgresInventory inventory,
    ProvisionedTenants tenants,
    ResourceRecords resources,
    ConnectionParts connections,
    StepResidue residue,
    AttemptGuard guard) : ICompensatedStep
{
    private const int FirstGeneration = 1;

    public static string Id => "provision-database";

    public static string Title => "Provision Database";

    public static string? CustomerTitle => "Database";

    public static string Announcement => "Creating database schema";

    public static StepOptions Options => StepOptions.OutsideSystem(PostgresSystem.MainQueue);

    public static string? System => PostgresSystem.SystemId;

    public static IReadOnlyList<string> ResourceTypes { get; } =
        [ControlPlane.Provisioning.ResourceTypes.DatabaseSchema, ControlPlane.Provisioning.ResourceTypes.TenantSecret];

    private static CancellationToken CancellationToken => ActivityExecutionContext.Current.CancellationToken;

    [Activity("ProvisionDatabase")]
    public async Task ExecuteAsync(ProvisionTenantInput input)
    {
        var tenant = await tenants.LoadAsync(input, CancellationToken);
        string name = tenant.Resources.Schema;
        await resources.PlanAsync(
            input.TenantId, input.Attempt, ResourceTypes[0], name, details: null, CancellationToken);
        var beforeChange = guard.BeforeChange(input);
        var login = await logins.PrepareAsync(tenant, FirstGeneration, beforeChange, CancellationToken);
        await schemas.EnsureAsync(name, tenant.Mark, login?.Login, beforeChange, CancellationToken);
        await connections.PutAsync(
            input.TenantId, input.Attempt, database.Describe(name) with { Login = login?.Connection },
            CancellationToken);
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
        await logins.DeleteAsync(tenant, guard.BeforeUndo(input, ResourceTypes[1]), CancellationToken);
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
        await logins.RequireStoreAsync(tenant, CancellationToken);
        var found = await inventory.FindAsync(tenant, CancellationToken);
        if (secrets.IsOn)
        {
            found = [.. found, .. await secrets.FindAsync(tenant, CancellationToken)];
        }

        return await residue.RecordAsync(tenant, ResourceTypes, found, CancellationToken);
    }
}
