using Temporalio.Workflows;

namespace ControlPlane.Provisioning;

/// <summary>
/// The saga: a tenant becomes ACTIVE with everything it needs, or nothing of the attempt is left. Completed on ACTIVE;
/// otherwise Failed (cancelled: Canceled) with the failed step in the failure's details. Input and result hold ids
/// only: histories are kept, personal data and secrets are not in them.
/// </summary>
[Workflow(IProvisionTenantWorkflow.Type)]
public interface IProvisionTenantWorkflow
{
    const string Type = "ProvisionTenant";

    /// <summary>Memo field that holds the attempt, so that a caller knows whose run it got back.</summary>
    const string AttemptMemo = "attempt";

    /// <summary>One run at a time for a tenant.</summary>
    static string WorkflowId(Guid tenantId) => $"provision-tenant-{tenantId:D}";

    [WorkflowRun]
    Task<ProvisionTenantResult> RunAsync(ProvisionTenantInput input);

    /// <summary>
    /// The id of the step that runs now, or of the one that failed.
    /// </summary>
    [WorkflowQuery]
    string CurrentStep();
}

/// <param name="TenantId">The tenant.</param>
/// <param name="Attempt">The attempt this run serves; it ends quietly when a higher one exists.</param>
public sealed record ProvisionTenantInput(Guid TenantId, int Attempt);

/// <param name="Outcome">ACTIVE, or STALE for a run whose attempt is not the current one.</param>
public sealed record ProvisionTenantResult(string Outcome);
