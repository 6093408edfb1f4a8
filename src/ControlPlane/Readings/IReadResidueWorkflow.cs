using Temporalio.Workflows;

namespace ControlPlane.Readings;

/// <summary>
/// Has every system read for what exists of a tenant, whoever made it. What they said stands in
/// <see cref="SystemReadings"/>: names are no part of a history. One that is down is said to be; it fails nothing.
/// </summary>
[Workflow("ReadResidue")]
public interface IReadResidueWorkflow
{
    /// <summary>Who asks while somebody else does gets the same answer.</summary>
    static string WorkflowId(Guid tenantId) => $"read-residue-{tenantId:D}";

    [WorkflowRun]
    Task RunAsync(ReadResidueInput input);
}

public sealed record ReadResidueInput(Guid TenantId);
