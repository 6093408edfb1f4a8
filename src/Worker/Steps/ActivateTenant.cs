using ControlPlane.Provisioning;
using Temporalio.Activities;
using Worker.Saga;

namespace Worker.Steps;

/// <summary>
/// 10, the pivot: the tenant is ACTIVE. The row that this writes decides, whatever becomes of the answer.
/// </summary>
public sealed class ActivateTenant(ProvisioningTransitions transitions) : IPlainStep
{
    public static string Id => ProvisioningSteps.ActivateTenant;

    public static string Announcement => "Activating tenant";

    public static StepOptions Options => StepOptions.Quick;

    [Activity("ActivateTenant")]
    public Task ExecuteAsync(ProvisionTenantInput input) => transitions.ActivateAsync(
        input.TenantId, input.Attempt, ActivityExecutionContext.Current.CancellationToken);
}
