using Temporalio.Workflows;

namespace ControlPlane.Readings;

/// <summary>
/// Reads every outside system for the objects of a tenant, of any attempt or owner. The answers are stored in
/// <see cref="SystemReadings"/>, since names are no part of a history. A system that is down is reported as unreadable.
/// </summary>
[Workflow("ReadResidue")]
public interface IReadResidueWorkflow
{
    /// <summary>Two callers at the same time share one run.</summary>
    static string WorkflowId(Guid tenantId) => $"read-residue-{tenantId:D}";

    [WorkflowRun]
    Task RunAsync(ReadResidueInput input);
}

public sealed record ReadResidueInput(Guid TenantId);
