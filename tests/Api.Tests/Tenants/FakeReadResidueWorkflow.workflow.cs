using ControlPlane.Readings;
using Temporalio.Workflows;

namespace Api.Tests.Tenants;

/// <summary>The workflow of a reading as the functions see it.</summary>
[Workflow("ReadResidue")]
public sealed class FakeReadResidueWorkflow : IReadResidueWorkflow
{
    [WorkflowRun]
    public Task RunAsync(ReadResidueInput input) => Workflow.ExecuteActivityAsync(
        (FakeReadingActivities activities) => activities.ReadAsync(input),
        new ActivityOptions { StartToCloseTimeout = TimeSpan.FromSeconds(30) });
}
