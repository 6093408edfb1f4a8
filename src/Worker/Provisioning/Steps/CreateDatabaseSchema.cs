using ControlPlane.Provisioning;
using Temporalio.Activities;
using Worker.Hosting;
using Worker.Postgres;

namespace Worker.Provisioning.Steps;

/// <summary>4: the tenant's schema, owned by a role of its own. Undo: both are dropped.</summary>
public sealed class CreateDatabaseSchema(
    TenantSchemas schemas,
    ProvisionedTenants tenants,
    ResourceRecords resources,
    ResidueRecords residue,
    AttemptGuard guard) : ICompensatedStep
{
    public static string Id => ProvisioningSteps.ProvisionDatabase;

    public static string Announcement => "Creating database schema";

    public static StepOptions Options => StepOptions.Outside(TaskQueues.Postgres);

    public static IReadOnlyList<string> ResourceTypes { get; } =
        [ControlPlane.Provisioning.ResourceTypes.DatabaseSchema];

    private static CancellationToken Cancellation => ActivityExecutionContext.Current.CancellationToken;

    [Activity("ProvisionDatabase")]
    public async Task ExecuteAsync(ProvisionTenantInput input)
    {
        var tenant = await tenants.LoadAsync(input, Cancellation);
        string name = tenant.Resources.Schema;
        await resources.PlanAsync(input.TenantId, input.Attempt, ResourceTypes[0], name, details: null, Cancellation);
        await schemas.EnsureAsync(name, tenant.Mark, guard.BeforeChange(input), Cancellation);
        await resources.CreatedAsync(
            input.TenantId, input.Attempt, ResourceTypes[0], name, details: null, Cancellation);
    }

    [Activity("DropDatabase")]
    public async Task CompensateAsync(ProvisionTenantInput input)
    {
        var tenant = await tenants.LoadAsync(input, Cancellation);
        await schemas.DropAsync(tenant.Resources.Schema, tenant.Mark, guard.BeforeUndo(input), Cancellation);
        await resources.DeletedAsync(input.TenantId, input.Attempt, ResourceTypes[0], Cancellation);
    }

    [Activity("FindDatabaseResidue")]
    public async Task<int> FindResidueAsync(ProvisionTenantInput input)
    {
        var tenant = await tenants.LoadAsync(input, Cancellation);
        var (schema, role) = await schemas.FindAsync(tenant.Resources.Schema, tenant.Mark, Cancellation);
        List<Residue> found = schema || role
            ? [new(ResourceTypes[0], tenant.Resources.Schema,
                $"Still there: {(schema ? "schema" : "")}{(schema && role ? " and " : "")}{(role ? "role" : "")}.")]
            : [];
        await residue.ReplaceAsync(input.TenantId, input.Attempt, ResourceTypes, found, Cancellation);
        return found.Count;
    }
}
