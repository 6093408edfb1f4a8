using Temporalio.Workflows;

namespace ControlPlane.Provisioning;

/// <summary>
/// The rollback of an attempt whose saga has ended, is lost or was never started. It undoes every step of the attempt's
/// stored plan, reads every system again and ends the attempt. It has the workflow id of the saga
/// (<see cref="IProvisionTenantWorkflow.WorkflowId"/>), so that the two never run at the same time. The run is
/// Completed when nothing is left, Failed when there is residue.
/// </summary>
[Workflow("RollBackTenant")]
public interface IRollBackTenantWorkflow
{
    [WorkflowRun]
    Task<RollBackTenantResult> RunAsync(ProvisionTenantInput input);
}

/// <param name="Outcome">
/// PROVISION_FAILED (nothing is left), or STALE when there was nothing to roll back.
/// </param>
public sealed record RollBackTenantResult(string Outcome);
