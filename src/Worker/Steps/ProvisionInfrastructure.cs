using System.Text.Json;
using ControlPlane.Provisioning;
using Npgsql;
using Temporalio.Activities;
using Worker.Hosting;
using Worker.Saga;
using Worker.Systems.Terraform;

namespace Worker.Steps;

/// <summary>
/// Applies the Terraform module of the tenant's tier. The undo destroys its resources, also those of a run that stopped
/// half way, and drops the state.
/// </summary>
public sealed class ProvisionInfrastructure(
    TenantInfrastructure infrastructure,
    TerraformInventory inventory,
    AttemptTiers tiers,
    ProvisionedTenants tenants,
    ProvisioningJournal journal,
    ResourceRecords resources,
    StepResidue residue,
    AttemptGuard guard) : ICompensatedStep
{
    public static string Id => "provision-infrastructure";

    public static string Title => "Provision Infrastructure";

    public static string? CustomerTitle => "Servers";

    public static string Announcement => "Applying infrastructure";

    public static StepOptions Options => StepOptions.LongRunning(TerraformSystem.MainQueue);

    public static string? System => TerraformSystem.SystemId;

    public static IReadOnlyList<string> ResourceTypes { get; } =
        [ControlPlane.Provisioning.ResourceTypes.Infrastructure];

    private static CancellationToken CancellationToken => ActivityExecutionContext.Current.CancellationToken;

    [Activity("ProvisionInfrastructure")]
    public async Task ExecuteAsync(ProvisionTenantInput input)
    {
        var tenant = await tenants.LoadAsync(input, CancellationToken);
        string name = TenantStates.NameOf(tenant.Tenant.Key);
        string tier = await tiers.ReadAsync(input, CancellationToken);
        await resources.PlanAsync(
            input.TenantId, input.Attempt, ResourceTypes[0], name, details: null, CancellationToken);
        // The attempt is in progress, so the tenant is not live: a change of its tier may replace resources.
        var state = await infrastructure.ApplyAsync(
            tenant, tier, mayDestroy: true, guard.BeforeChange(input), ReportTo(input), CancellationToken);
        await resources.CreatedAsync(
            input.TenantId, input.Attempt, ResourceTypes[0], name, InfrastructureDetails.Of(tier, state).ToJson(),
            CancellationToken);
    }

    [Activity("DestroyInfrastructure")]
    public async Task CompensateAsync(ProvisionTenantInput input)
    {
        var tenant = await tenants.LoadAsync(input, CancellationToken);
        bool isGone = await infrastructure.DestroyAsync(
            tenant, await tiers.ReadAsync(input, CancellationToken), guard.BeforeUndo(input, ResourceTypes[0]),
            _ => Task.CompletedTask, CancellationToken);
        if (!isGone && await residue.IsRecordedAsync(
            tenant, ResourceTypes[0], TenantStates.NameOf(tenant.Tenant.Key), CancellationToken))
        {
            // The record stays CREATED, so that the final reading reports the state that now has the name.
            return;
        }

        await resources.DeletedAsync(input.TenantId, input.Attempt, ResourceTypes[0], CancellationToken);
    }

    [Activity("FindInfrastructureResidue")]
    public async Task<int> FindResidueAsync(ProvisionTenantInput input)
    {
        var tenant = await tenants.LoadAsync(input, CancellationToken);
        var found = await inventory.FindAsync(tenant, CancellationToken);
        return await residue.RecordAsync(tenant, ResourceTypes, found, CancellationToken);
    }

    // A progress that cannot be written must not end the run: the next one is written.
    private Func<string, Task> ReportTo(ProvisionTenantInput input) => async progress =>
    {
        ActivityExecutionContext.Current.Heartbeat(progress);
        try
        {
            await journal.StepProgressAsync(input.TenantId, input.Attempt, Id, progress, CancellationToken);
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
        {
            // For display only.
        }
    };

    /// <summary>The details of the resource record, stored as JSON.</summary>
    /// <param name="Tier">The tier whose module was applied.</param>
    /// <param name="Resources">The number of resources in the state.</param>
    /// <param name="Outputs">The outputs of the module that are not sensitive.</param>
    /// <param name="SensitiveOutputs">The names of the others, whose values are in the state alone.</param>
    private sealed record InfrastructureDetails(
        string Tier, int Resources, IReadOnlyDictionary<string, JsonElement> Outputs,
        IReadOnlyList<string> SensitiveOutputs)
    {
        public static InfrastructureDetails Of(string tier, TerraformState state) => new(
            tier,
            state.Resources.Count,
            state.Outputs.Where(output => !output.IsSensitive).ToDictionary(o => o.Name, o => o.Value),
            [.. state.Outputs.Where(output => output.IsSensitive).Select(output => output.Name)]);

        public string ToJson() => JsonSerializer.Serialize(this, WorkerJson.Options);
    }
}
