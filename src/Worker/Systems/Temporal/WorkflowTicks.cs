using ControlPlane.Provisioning;
using Temporalio.Api.Enums.V1;
using Worker.Commands;
using Worker.Commands.Verify;

namespace Worker.Systems.Temporal;

/// <summary>What Temporal says of the tenant's saga.</summary>
internal static class WorkflowTicks
{
    private const string UndoQueue = "-undo";

    public static async Task<Tick> CompletedAsync(
        CommandHost host, TenantFacts facts, CancellationToken cancellationToken)
    {
        string id = IProvisionTenantWorkflow.WorkflowId(facts.Id);
        var run = await (await host.TemporalAsync()).GetWorkflowHandle(id)
            .DescribeAsync(new() { Rpc = new() { CancellationToken = cancellationToken } });
        bool good = run.Status == WorkflowExecutionStatus.Completed;
        return new Tick("workflow", good ? TickState.Green : TickState.Red,
            $"{id} {run.Status.ToString().ToUpperInvariant()}");
    }

    /// <summary>
    /// Each undo has a task queue of its own kind, so the history shows whether one was ever asked for.
    /// </summary>
    public static async Task<Tick> NothingUndoneAsync(
        CommandHost host, TenantFacts facts, CancellationToken cancellationToken)
    {
        var undone = new List<string>(facts.Undone);
        var handle = (await host.TemporalAsync()).GetWorkflowHandle(IProvisionTenantWorkflow.WorkflowId(facts.Id));
        await foreach (var happened in handle.FetchHistoryEventsAsync(
            new() { Rpc = new() { CancellationToken = cancellationToken } }))
        {
            if (happened.ActivityTaskScheduledEventAttributes is { } activity
                && activity.TaskQueue.Name.EndsWith(UndoQueue, StringComparison.Ordinal))
            {
                undone.Add(activity.ActivityType.Name);
            }
        }

        return undone.Count == 0
            ? new Tick("no compensation", TickState.Green, "none in the history, none in the database")
            : new Tick("no compensation", TickState.Red, $"undone: {string.Join(", ", undone.Distinct())}");
    }
}
