using ControlPlane.Provisioning;
using ControlPlane.Tenants;
using Temporalio.Activities;
using Worker.Saga;

namespace Worker.Steps;

/// <summary>
/// 1: the tenant is PROVISIONING for this attempt, and what is switched off today is SKIPPED for good.
/// </summary>
public sealed class UpdateStatus(ProvisioningTransitions transitions, StepSwitches switches) : IPlanningStep
{
    public static string Id => ProvisioningSteps.UpdateStatus;

    public static string Announcement => "Provisioning workflow started";

    public static StepOptions Options => StepOptions.Quick;

    [Activity("UpdateStatus")]
    public async Task<ProvisioningPlan> ExecuteAsync(ProvisionTenantInput input)
    {
        var context = ActivityExecutionContext.Current;
        var (status, steps) = await transitions.BeginAsync(
            input.TenantId, input.Attempt, context.Info.WorkflowRunId!, switches.Off, context.CancellationToken);
        return status switch
        {
            TenantStatus.Provisioning => new(status.Value.ToText(), steps),
            TenantStatus.Active or TenantStatus.RollingBack => new(status.Value.ToText(), []),
            _ => new(ProvisioningSaga.Stale, []),
        };
    }
}
