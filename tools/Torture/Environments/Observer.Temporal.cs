using Temporalio.Client;
using Temporalio.Exceptions;
using Worker.Sweeps;

namespace Torture.Environments;

internal sealed partial class Observer
{
    private TemporalClient? temporal;

    /// <summary>As somebody does who has the keys of Temporal and means well.</summary>
    public async Task TerminateAsync(string tenantId, CancellationToken cancellationToken) =>
        await (await TemporalAsync()).GetWorkflowHandle($"provision-tenant-{tenantId}")
            .TerminateAsync("torture", new() { Rpc = new() { CancellationToken = cancellationToken } });

    /// <summary>From now on only who wants a sweep starts one.</summary>
    public async Task PauseSweepsAsync(CancellationToken cancellationToken) =>
        await (await TemporalAsync()).GetScheduleHandle(SweepSchedule.Id)
            .PauseAsync("torture", new() { CancellationToken = cancellationToken });

    /// <summary>Lets the sweep look at a tenant as if its row had last changed a while ago, and starts one.</summary>
    public async Task SweepAsync(string tenantId, CancellationToken cancellationToken)
    {
        await ExecuteAsync(
            $"UPDATE tenants SET updated_at = updated_at - interval '5 minutes' WHERE id = '{tenantId}'",
            cancellationToken);
        await (await TemporalAsync()).StartWorkflowAsync(
            (SweepWorkflow sweep) => sweep.RunAsync(),
            new(SweepId(tenantId), "tenant-provisioning") { Rpc = new() { CancellationToken = cancellationToken } });
    }

    /// <summary>Ends when the sweep does that was started for a tenant.</summary>
    public Task WaitForSweepAsync(string tenantId, CancellationToken cancellationToken) =>
        WaitForCloseAsync(SweepId(tenantId), cancellationToken);

    /// <summary>Ends when the tenant's run has, however it does.</summary>
    public Task WaitForRunAsync(string tenantId, CancellationToken cancellationToken) =>
        WaitForCloseAsync($"provision-tenant-{tenantId}", cancellationToken);

    /// <summary>Ends when the mail about an attempt's failure is sent, or given up.</summary>
    public Task WaitForFailureMailAsync(string tenantId, int attempt, CancellationToken cancellationToken) =>
        WaitForCloseAsync($"provisioning-failed-{tenantId}-{attempt}", cancellationToken);

    public async Task<bool> IsCancelRequestedAsync(string tenantId, CancellationToken cancellationToken) =>
        (await (await TemporalAsync()).GetWorkflowHandle($"provision-tenant-{tenantId}")
            .FetchHistoryAsync(new() { Rpc = new() { CancellationToken = cancellationToken } }))
        .Events.Any(e => e.WorkflowExecutionCancelRequestedEventAttributes is not null);

    /// <summary>The activities that a run has scheduled, in their order.</summary>
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
            // Rolled back, or not all of it swept.
        }
    }

    private async Task<TemporalClient> TemporalAsync() => temporal ??= await TemporalClient.ConnectAsync(
        new($"127.0.0.1:{instance.Address("TEMPORAL_PORT")}") { Namespace = "arc-saas" });
}
