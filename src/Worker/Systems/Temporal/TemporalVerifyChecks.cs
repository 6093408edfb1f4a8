using ControlPlane.Provisioning;
using Temporalio.Api.Enums.V1;
using Worker.Commands.Verify;
using Worker.Hosting;

namespace Worker.Systems.Temporal;

/// <summary>Verifies the tenant's saga: it completed, and it undid nothing.</summary>
internal static class TemporalVerifyChecks
{
    public static IReadOnlyList<VerifyCheck> For(TenantToVerify tenant) =>
    [
        new("workflow", null, token => CompletedAsync(tenant, token)),
        new("no compensation", null, token => NothingUndoneAsync(tenant, token)),
    ];

    private static async Task<Tick> CompletedAsync(TenantToVerify tenant, CancellationToken cancellationToken)
    {
        string id = IProvisionTenantWorkflow.WorkflowId(tenant.Facts.Id);
        var run = await (await tenant.Host.TemporalAsync()).GetWorkflowHandle(id)
            .DescribeAsync(new() { Rpc = new() { CancellationToken = cancellationToken } });
        return Tick.Of("workflow", run.Status == WorkflowExecutionStatus.Completed,
            $"{id} {run.Status.ToString().ToUpperInvariant()}");
    }

    // Undos run on task queues of their own, so the history shows whether one was ever scheduled.
    private static async Task<Tick> NothingUndoneAsync(TenantToVerify tenant, CancellationToken cancellationToken)
    {
        var undone = new List<string>(tenant.Facts.Undone);
        var handle = (await tenant.Host.TemporalAsync()).GetWorkflowHandle(
            IProvisionTenantWorkflow.WorkflowId(tenant.Facts.Id));
        await foreach (var item in handle.FetchHistoryEventsAsync(
            new() { Rpc = new() { CancellationToken = cancellationToken } }))
        {
            if (item.ActivityTaskScheduledEventAttributes is { } activity
                && TaskQueue.IsForUndo(activity.TaskQueue.Name))
            {
                undone.Add(activity.ActivityType.Name);
            }
        }

        return undone.Count == 0
            ? Tick.Of("no compensation", true, "none in the history, none in the database")
            : Tick.Of("no compensation", false, $"undone: {string.Join(", ", undone.Distinct())}");
    }
}
