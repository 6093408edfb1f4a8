using ControlPlane.Provisioning;
using Temporalio.Api.Enums.V1;
using Worker.Commands.Verify;
using Worker.Hosting;

namespace Worker.Systems.Temporal;

/// <summary>Verifies that the tenant's saga completed without any undo.</summary>
internal static class TemporalVerifyChecks
{
    public static IReadOnlyList<VerifyCheck> For(TenantToVerify tenant) =>
    [
        new("workflow", null, token => CompletedAsync(tenant, token)),
        new("no compensation", null, token => NothingUndoneAsync(tenant, token)),
    ];

    private static async Task<VerifyResult> CompletedAsync(TenantToVerify tenant, CancellationToken cancellationToken)
    {
        string id = IProvisionTenantWorkflow.WorkflowId(tenant.Facts.Id);
        var run = await (await tenant.Host.GetTemporalAsync()).GetWorkflowHandle(id)
            .DescribeAsync(new() { Rpc = new() { CancellationToken = cancellationToken } });
        return VerifyResult.Of("workflow", run.Status == WorkflowExecutionStatus.Completed,
            $"{id} {run.Status.ToString().ToUpperInvariant()}");
    }

    // Undos have their own task queues, so the history shows whether one was ever scheduled.
    private static async Task<VerifyResult> NothingUndoneAsync(
        TenantToVerify tenant, CancellationToken cancellationToken)
    {
        var undone = new List<string>(tenant.Facts.Undone);
        var handle = (await tenant.Host.GetTemporalAsync()).GetWorkflowHandle(
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
            ? VerifyResult.Of("no compensation", true, "none in the history, none in the database")
            : VerifyResult.Of("no compensation", false, $"undone: {string.Join(", ", undone.Distinct())}");
    }
}
