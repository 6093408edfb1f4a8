using ControlPlane.Provisioning;
using Temporalio.Activities;
using Worker.Saga;

namespace Worker.Steps;

/// <summary>
/// The pivot: makes the tenant ACTIVE. The tenant's row decides, also when the answer of the activity is lost.
/// </summary>
public sealed class ActivateTenant(ProvisioningTransitions transitions) : IPlainStep
{
    public static string Id => "activate-tenant";

    public static string Title => "Activate Tenant";

    public static string? CustomerTitle => "Opening of the workspace";

    public static string Announcement => "Activating tenant";

    public static StepOptions Options => StepOptions.Quick;

    [Activity("ActivateTenant")]
    public Task ExecuteAsync(ProvisionTenantInput input) => transitions.ActivateAsync(
        input.TenantId, input.Attempt, ActivityExecutionContext.Current.CancellationToken);
}
