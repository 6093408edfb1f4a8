using Temporalio.Client;
using Temporalio.Exceptions;
using Worker.Sweeps;

namespace Torture.Environments;

internal sealed partial class Observer
{
    private TemporalClient? temporal;

    /// <summary>Terminates the tenant's run, as an administrator of Temporal can.</summary>
    public async Task TerminateAsync(string tenantId, CancellationToken cancellationToken) =>
        await (await TemporalAsync()).GetWorkflowHandle($"provision-tenant-{tenantId}")
            .TerminateAsync("torture", new() { Rpc = new() { CancellationToken = cancellationToken } });

    /// <summary>Pauses the schedules of sweep and repair; from then on only cells start a repair.</summary>
    public async Task PauseSweepsAsync(CancellationToken cancellationToken)
    {
        foreach (string id in SweepSchedule.Ids)
        {
            await (await TemporalAsync()).GetScheduleHandle(id)
                .PauseAsync("torture", new() { CancellationToken = cancellationToken });
        }
    }

    /// <summary>Ages the tenant's row, so that the repair considers it, and starts the repair of attempts.</summary>
    public async Task SweepAsync(string tenantId, CancellationToken cancellationToken)
    {
        await ExecuteAsync(
            $"UPDATE tenants SET updated_at = updated_at - interval '5 minutes' WHERE id = '{tenantId}'",
            cancellationToken);
        await (await TemporalAsync()).StartWorkflowAsync(
            (RepairAttemptsWorkflow repair) => repair.RunAsync(),
            new(SweepId(tenantId), "tenant-provisioning") { Rpc = new() { CancellationToken = cancellationToken } });
    }

    /// <summary>Waits for the end of the repair that was started for a tenant.</summary>
    public Task WaitForSweepAsync(string tenantId, CancellationToken cancellationToken) =>
        WaitForCloseAsync(SweepId(tenantId), cancellationToken);

    /// <summary>Waits for the end of the tenant's run, whatever its result.</summary>
    public Task WaitForRunAsync(string tenantId, CancellationToken cancellationToken) =>
        WaitForCloseAsync($"provision-tenant-{tenantId}", cancellationToken);

    /// <summary>Waits until the failure mail of an attempt is sent or given up.</summary>
    public Task WaitForFailureMailAsync(string tenantId, int attempt, CancellationToken cancellationToken) =>
        WaitForCloseAsync($"provisioning-failed-{tenantId}-{attempt}", cancellationToken);

    public async Task<bool> IsCancelRequestedAsync(string tenantId, CancellationToken cancellationToken) =>
        (await (await TemporalAsync()).GetWorkflowHandle($"provision-tenant-{tenantId}")
            .FetchHistoryAsync(new() { Rpc = new() { CancellationToken = cancellationToken } }))
        .Events.Any(e => e.WorkflowExecutionCancelRequestedEventAttributes is not null);

    /// <summary>Returns the types of the activities that a run has scheduled, in order.</summary>
    public async Task<IReadOnlyList<string>> ReadActivitiesAsync(
        string tenantId, string? runId, CancellationToken cancellationToken)
    {
        var history = await (await TemporalAsync()).GetWorkflowHandle($"provision-tenant-{tenantId}", runId)
            .FetchHistoryAsync(new() { Rpc = new() { CancellationToken = cancellationToken } });
        return [.. history.Events
            .Select(e => e.ActivityTaskScheduledEventAttributes?.ActivityType.Name)
            .OfType<string>()];
    }

    private static string SweepId(string tenantId) => $"sweep-torture-{tenantId}";

    private async Task WaitForCloseAsync(string workflowId, CancellationToken cancellationToken)
    {
        try
        {
            await (await TemporalAsync()).GetWorkflowHandle(workflowId)
                .GetResultAsync(rpcOptions: new() { CancellationToken = cancellationToken });
        }
        catch (WorkflowFailedException)
        {
            // The run was rolled back, or the repair has reported findings.
        }
    }

    private async Task<TemporalClient> TemporalAsync() => temporal ??= await TemporalClient.ConnectAsync(
        new($"127.0.0.1:{instance.Address("TEMPORAL_PORT")}") { Namespace = "arc-saas" });
}
