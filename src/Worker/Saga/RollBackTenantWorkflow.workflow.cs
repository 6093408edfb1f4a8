using ControlPlane.Provisioning;
using ControlPlane.Tenants;
using Temporalio.Exceptions;
using Temporalio.Workflows;
using Worker.Systems;

namespace Worker.Saga;

/// <inheritdoc cref="IRollBackTenantWorkflow"/>
[Workflow("RollBackTenant")]
public sealed class RollBackTenantWorkflow : IRollBackTenantWorkflow
{
    [WorkflowRun]
    public async Task<RollBackTenantResult> RunAsync(ProvisionTenantInput input)
    {
        var begun = await Workflow.ExecuteActivityAsync(
            (RollbackActivities activities) => activities.ResumeAsync(input), StepOptions.ForRollback);
        if (begun.Status != TenantStatus.RollingBack.ToText())
        {
            return new RollBackTenantResult(ProvisioningSaga.Stale);
        }

        var rollback = new Rollback(input, begun);
        string ended = await rollback.RunAsync(undo: rollback.Plan, read: rollback.Plan);
        return ended == TenantStatus.ProvisionFailed.ToText()
            ? new RollBackTenantResult(ended)
            : throw new ApplicationFailureException(
                $"The rollback ended {ended}: GET /tenants/{input.TenantId:D}/residue names what is left.",
                errorType: Failures.RollbackIncomplete,
                nonRetryable: true);
    }
}
