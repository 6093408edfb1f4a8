using Temporalio.Client;
using Temporalio.Exceptions;
using Worker.Sweeps;

namespace Torture.Worlds;

internal sealed partial class Observer
{
    private TemporalClient? temporal;

    /// <summary>As somebody does who has the keys of Temporal and means well.</summary>
    public async Task TerminateAsync(string tenantId, CancellationToken cancellation) =>
        await (await TemporalAsync()).GetWorkflowHandle($"provision-tenant-{tenantId}")
            .TerminateAsync("torture", new() { Rpc = new() { CancellationToken = cancellation } });

    /// <summary>From now on only who wants a sweep starts one.</summary>
    public async Task PauseSweepsAsync(CancellationToken cancellation) =>
        await (await TemporalAsync()).GetScheduleHandle(SweepSchedule.Id)
            .PauseAsync("torture", new() { CancellationToken = cancellation });

    /// <summary>Lets the sweep look at a tenant as if its row had last changed a while ago, and starts one.</summary>
    public async Task SweepAsync(string tenantId, CancellationToken cancellation)
    {
        await ExecuteAsync(
            $"UPDATE tenants SET updated_at = updated_at - interval '5 minutes' WHERE id = '{tenantId}'", cancellation);
        await (await TemporalAsync()).StartWorkflowAsync(
            (SweepWorkflow sweep) => sweep.RunAsync(),
            new(SweepOf(tenantId), "tenant-provisioning") { Rpc = new() { CancellationToken = cancellation } });
    }

    /// <summary>Ends when the sweep does that was started for a tenant.</summary>
    public Task SweepIsOverAsync(string tenantId, CancellationToken cancellation) =>
        IsClosedAsync(SweepOf(tenantId), cancellation);

    /// <summary>Ends when the tenant's run has, however it does.</summary>
    public Task RunIsOverAsync(string tenantId, CancellationToken cancellation) =>
        IsClosedAsync($"provision-tenant-{tenantId}", cancellation);

    /// <summary>Ends when the mail about an attempt's failure is sent, or given up.</summary>
    public Task FailureMailIsOverAsync(string tenantId, int attempt, CancellationToken cancellation) =>
        IsClosedAsync($"provisioning-failed-{tenantId}-{attempt}", cancellation);

    public async Task<bool> IsCancelRequestedAsync(string tenantId, CancellationToken cancellation) =>
        (await (await TemporalAsync()).GetWorkflowHandle($"provision-tenant-{tenantId}")
            .FetchHistoryAsync(new() { Rpc = new() { CancellationToken = cancellation } }))
        .Events.Any(e => e.WorkflowExecutionCancelRequestedEventAttributes is not null);

    /// <summary>The activities that a run has scheduled, in their order.</summary>
    public async Task<IReadOnlyList<string>> ActivitiesAsync(
        string tenantId, string? runId, CancellationToken cancellation)
    {
        var history = await (await TemporalAsync()).GetWorkflowHandle($"provision-tenant-{tenantId}", runId)
            .FetchHistoryAsync(new() { Rpc = new() { CancellationToken = cancellation } });
        return [.. history.Events
            .Select(e => e.ActivityTaskScheduledEventAttributes?.ActivityType.Name)
            .OfType<string>()];
    }

    private static string SweepOf(string tenantId) => $"sweep-torture-{tenantId}";

    private async Task IsClosedAsync(string workflowId, CancellationToken cancellation)
    {
        try
        {
            await (await TemporalAsync()).GetWorkflowHandle(workflowId)
                .GetResultAsync(rpcOptions: new() { CancellationToken = cancellation });
        }
        catch (WorkflowFailedException)
        {
            // Rolled back, or not all of it swept.
        }
    }

    private async Task<TemporalClient> TemporalAsync() => temporal ??= await TemporalClient.ConnectAsync(
        new($"127.0.0.1:{instance.Address("TEMPORAL_PORT")}") { Namespace = "arc-saas" });
}
