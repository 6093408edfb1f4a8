using ControlPlane.Provisioning;
using Temporalio.Activities;
using Worker.Hosting;
using Worker.Saga;
using Worker.Systems.Postgres;

namespace Worker.Steps;

/// <summary>4: the tenant's schema, owned by a role of its own. Undo: both are dropped.</summary>
public sealed class ProvisionDatabase(
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

    private static CancellationToken CancellationToken => ActivityExecutionContext.Current.CancellationToken;

    [Activity("ProvisionDatabase")]
    public async Task ExecuteAsync(ProvisionTenantInput input)
    {
        var tenant = await tenants.LoadAsync(input, CancellationToken);
        string name = tenant.Resources.Schema;
        await resources.PlanAsync(
            input.TenantId, input.Attempt, ResourceTypes[0], name, details: null, CancellationToken);
        await schemas.EnsureAsync(name, tenant.Mark, guard.BeforeChange(input), CancellationToken);
        await resources.CreatedAsync(
            input.TenantId, input.Attempt, ResourceTypes[0], name, details: null, CancellationToken);
    }

    [Activity("DropDatabase")]
    public async Task CompensateAsync(ProvisionTenantInput input)
    {
        var tenant = await tenants.LoadAsync(input, CancellationToken);
        await schemas.DropAsync(tenant.Resources.Schema, tenant.Mark, guard.BeforeUndo(input), CancellationToken);
        if (await FindReplacedAsync(tenant) is not null)
        {
            // Not seen gone: the reading names it.
            return;
        }

        await resources.DeletedAsync(input.TenantId, input.Attempt, ResourceTypes[0], CancellationToken);
    }

    [Activity("FindDatabaseResidue")]
    public async Task<int> FindResidueAsync(ProvisionTenantInput input)
    {
        var tenant = await tenants.LoadAsync(input, CancellationToken);
        var (schema, role) = await schemas.FindAsync(tenant.Resources.Schema, tenant.Mark, CancellationToken);
        List<Residue> found = schema || role
            ? [new(ResourceTypes[0], tenant.Resources.Schema,
                $"Still there: {(schema ? "schema" : "")}{(schema && role ? " and " : "")}{(role ? "role" : "")}.")]
            : await FindReplacedAsync(tenant) is { } replaced
                ? [new(ResourceTypes[0], tenant.Resources.Schema, replaced)]
                : [];
        await residue.ReplaceAsync(input.TenantId, input.Attempt, ResourceTypes, found, CancellationToken);
        return found.Count;
    }

    // What was made, was never recorded as deleted, and is there without being ours.
    private async Task<string?> FindReplacedAsync(ProvisionedTenant tenant)
    {
        string name = tenant.Resources.Schema;
        return await resources.FindMakerAsync(
                tenant.Mark.Tenant, tenant.Mark.Attempt, ResourceTypes[0], name, CancellationToken) is not null
            && await schemas.ReadAsync(name, CancellationToken) is { Schema: true } or { Role: true }
                ? "Schema and role were made here and never seen deleted; what has the name now does not carry our"
                    + " mark. It was not touched: look, and put the comment on the role right, or drop it."
                : null;
    }
}
