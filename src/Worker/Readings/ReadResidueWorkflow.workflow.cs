using ControlPlane.Readings;
using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Workflows;
using Worker.Saga;

namespace Worker.Readings;

/// <inheritdoc cref="IReadResidueWorkflow"/>
[Workflow("ReadResidue")]
public sealed class ReadResidueWorkflow : IReadResidueWorkflow
{
    private const string ListsSystems = "list-systems";

    // The systems of version 0.1, for replays of its runs.
    private static readonly ReadableSystem[] SystemsOfVersion01 =
        [new("keycloak", "-keycloak-undo"), new("postgresql", "-postgres-undo"), new("s3", "-s3-undo")];

    [WorkflowRun]
    public async Task RunAsync(ReadResidueInput input)
    {
        IReadOnlyList<ReadableSystem> systems = SystemsOfVersion01;
        if (Workflow.Patched(ListsSystems))
        {
            systems = await Workflow.ExecuteActivityAsync(
                (ReadingActivities activities) => activities.BeginAsync(input), Options());
        }
        else
        {
            await Workflow.ExecuteActivityAsync(
                (ReadingActivities activities) => activities.ForgetAsync(input), Options());
        }

        await Workflow.WhenAllAsync(systems.Select(system => ReadAsync(input.TenantId, system)));
    }

    private static async Task ReadAsync(Guid tenantId, ReadableSystem system)
    {
        var toRead = new SystemToRead(tenantId, system.System);
        try
        {
            await Workflow.ExecuteActivityAsync(
                (ReadingActivities activities) => activities.ReadAsync(toRead), Options(system.Queue));
        }
        catch (ActivityFailureException e)
        {
            var unreadable = new UnreadableSystem(tenantId, system.System, WorkflowFailures.Describe(e, "").Sentence);
            await Workflow.ExecuteActivityAsync(
                (ReadingActivities activities) => activities.SaveUnreadableAsync(unreadable), Options());
        }
    }

    // A person waits for the answer, so a system that is not read within 25 seconds is reported as unreadable.
    private static ActivityOptions Options(string queue = "") => new()
    {
        TaskQueue = Workflow.Info.TaskQueue + queue,
        StartToCloseTimeout = TimeSpan.FromSeconds(20),
        ScheduleToCloseTimeout = TimeSpan.FromSeconds(25),
        RetryPolicy = new RetryPolicy { InitialInterval = TimeSpan.FromSeconds(1), MaximumAttempts = 2 },
    };
}
