using Temporalio.Workflows;

namespace ControlPlane.Provisioning;

/// <summary>
/// The rollback of an attempt by itself, for one whose saga is over, lost, or was never begun: takes back every step of
/// the attempt's stored plan, reads every system again and ends the attempt. It runs under the workflow id of the saga
/// (<see cref="IProvisionTenantWorkflow.WorkflowId"/>), so that there is never one beside the other. Completed when
/// nothing is left, Failed when something is.
/// </summary>
[Workflow("RollBackTenant")]
public interface IRollBackTenantWorkflow
{
    [WorkflowRun]
    Task<RollBackTenantResult> RunAsync(ProvisionTenantInput input);
}

/// <param name="Outcome">
/// PROVISION_FAILED (nothing is left), or STALE for a run that found nothing to roll back.
/// </param>
public sealed record RollBackTenantResult(string Outcome);
