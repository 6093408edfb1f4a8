using ControlPlane.Readings;
using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Workflows;
using Worker.Hosting;
using Worker.Saga;

namespace Worker.Readings;

/// <inheritdoc cref="IReadResidueWorkflow"/>
[Workflow("ReadResidue")]
public sealed class ReadResidueWorkflow : IReadResidueWorkflow
{
    /// <summary>Where each system is read: beside its undos, which are never many.</summary>
    public static IReadOnlyList<(string System, string Queue)> Queues { get; } =
    [
        (TenantSystems.Keycloak, TaskQueues.UndoOf(TaskQueues.Keycloak)),
        (TenantSystems.Postgres, TaskQueues.UndoOf(TaskQueues.Postgres)),
        (TenantSystems.S3, TaskQueues.UndoOf(TaskQueues.S3)),
    ];

    [WorkflowRun]
    public async Task RunAsync(ReadResidueInput input)
    {
        await Workflow.ExecuteActivityAsync(
            (ReadingActivities activities) => activities.ForgetAsync(input), Options(TaskQueues.Control));
        await Workflow.WhenAllAsync(Queues.Select(system => ReadAsync(input.TenantId, system.System, system.Queue)));
    }

    private static async Task ReadAsync(Guid tenantId, string system, string queue)
    {
        var reading = new SystemToRead(tenantId, system);
        try
        {
            await Workflow.ExecuteActivityAsync(
                (ReadingActivities activities) => activities.ReadAsync(reading), Options(queue));
        }
        catch (ActivityFailureException e)
        {
            var unread = new UnreadableSystem(tenantId, system, WorkflowFailures.Describe(e, "").Sentence);
            await Workflow.ExecuteActivityAsync(
                (ReadingActivities activities) => activities.SaveUnreadableAsync(unread), Options(TaskQueues.Control));
        }
    }

    // A person waits for the answer: what cannot be read soon is said to be unreadable.
    private static ActivityOptions Options(string queue) => new()
    {
        TaskQueue = Workflow.Info.TaskQueue + queue,
        StartToCloseTimeout = TimeSpan.FromSeconds(20),
        ScheduleToCloseTimeout = TimeSpan.FromSeconds(25),
        RetryPolicy = new RetryPolicy { InitialInterval = TimeSpan.FromSeconds(1), MaximumAttempts = 2 },
    };
}
