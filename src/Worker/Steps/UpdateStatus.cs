using ControlPlane.Provisioning;
using ControlPlane.Tenants;
using Temporalio.Activities;
using Worker.Saga;

namespace Worker.Steps;

/// <summary>
/// Makes the tenant PROVISIONING and writes the attempt's plan. A step whose system is not configured is SKIPPED for
/// the whole attempt.
/// </summary>
public sealed class UpdateStatus(ProvisioningTransitions transitions, StepSwitches switches) : IPlanningStep
{
    public static string Id => "update-status";

    public static string Title => "Update Status";

    public static string? CustomerTitle => null;

    public static string Announcement => "Provisioning workflow started";

    public static StepOptions Options => StepOptions.Quick;

    [Activity("UpdateStatus")]
    public async Task<ProvisioningPlan> ExecuteAsync(ProvisionTenantInput input)
    {
        var context = ActivityExecutionContext.Current;
        var (status, steps) = await transitions.BeginAsync(
            input.TenantId, input.Attempt, context.Info.WorkflowRunId!, switches.Plan, context.CancellationToken);
        return status switch
        {
            TenantStatus.Provisioning => new(status.Value.ToText(), steps),
            TenantStatus.Active or TenantStatus.RollingBack => new(status.Value.ToText(), []),
            _ => new(ProvisioningSaga.Stale, []),
        };
    }
}
