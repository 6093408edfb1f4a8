using ControlPlane.Temporal;
using Temporalio.Workflows;

namespace ControlPlane.Provisioning;

/// <summary>
/// The saga: the tenant becomes ACTIVE with all its resources, or the attempt is rolled back. The run is Completed on
/// ACTIVE, otherwise Failed (Canceled after a cancellation) with the failed step in the failure's details. Input and
/// result hold ids only, since histories are kept and must not hold personal data or secrets.
/// </summary>
[Workflow(IProvisionTenantWorkflow.Type)]
public interface IProvisionTenantWorkflow
{
    const string Type = "ProvisionTenant";

    /// <summary>The memo field with the attempt, by which a caller identifies the run that it got.</summary>
    const string AttemptMemo = "attempt";

    /// <summary>The workflow id. It allows one open run per tenant.</summary>
    static string WorkflowId(Guid tenantId) => $"provision-tenant-{tenantId:D}";

    [WorkflowRun]
    Task<ProvisionTenantResult> RunAsync(ProvisionTenantInput input);

    /// <summary>The id of the running step, or of the failed one.</summary>
    [WorkflowQuery]
    string CurrentStep();
}

/// <param name="TenantId">The tenant.</param>
/// <param name="Attempt">The attempt of this run. A run whose attempt is stale changes nothing.</param>
public sealed record ProvisionTenantInput(Guid TenantId, int Attempt) : IWorkflowInput;

/// <param name="Outcome">ACTIVE, or STALE for a run whose attempt is not the tenant's current one.</param>
public sealed record ProvisionTenantResult(string Outcome);
