using ControlPlane.Temporal;
using Temporalio.Workflows;

namespace ControlPlane.Readings;

/// <summary>
/// Reads every outside system for the objects of a tenant, of any attempt or owner. The answers are stored in
/// <see cref="SystemReadings"/>, since names must not be in a history. A system that is down is reported as unreadable.
/// </summary>
[Workflow("ReadResidue")]
public interface IReadResidueWorkflow
{
    /// <summary>The workflow id. Concurrent callers share one run.</summary>
    static string WorkflowId(Guid tenantId) => $"read-residue-{tenantId:D}";

    [WorkflowRun]
    Task RunAsync(ReadResidueInput input);
}

public sealed record ReadResidueInput(Guid TenantId) : IWorkflowInput;
