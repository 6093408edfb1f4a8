using EmbeddedTemporal.Engine;
using EmbeddedTemporal.Matching;
using EmbeddedTemporal.Rpc;

namespace EmbeddedTemporal.Services;

/// <summary>
/// Implements the supported methods of temporal.api.workflowservice.v1.WorkflowService, one file per area. Each public
/// method handles the RPC of the same name. All other RPCs answer Unimplemented.
/// </summary>
/// <param name="longPollTimeout">The duration of a long poll, in real time.</param>
internal sealed partial class WorkflowServiceHandler(Shard shard, TimeSpan longPollTimeout)
{
    /// <summary>
    /// Creates a token source that is cancelled when the long poll times out, the caller leaves or the server stops.
    /// </summary>
    private CancellationTokenSource StartLongPoll(ServerCallContext context)
    {
        var longPoll = CancellationTokenSource.CreateLinkedTokenSource(
            context.CancellationToken, shard.Stopping.Token);
        longPoll.CancelAfter(longPollTimeout);
        return longPoll;
    }

    /// <summary>Waits for a change. Returns false if the wait is cancelled, and throws if the server stops.</summary>
    private async Task<bool> WaitAsync(Task change, CancellationToken cancellationToken)
    {
        await change.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (shard.Stopping.IsCancellationRequested) throw TemporalErrors.Unavailable("the embedded server is stopping");
        return change.IsCompleted;
    }

    private async Task<T> Poll<T>(
        Func<TaskQueue<T>> findQueue, string identity, Action onAborted, ServerCallContext context)
        where T : class, new()
    {
        using var longPoll = StartLongPoll(context);
        var poller = new Poller<T>(identity);
        var queue = await shard.ExecuteAsync(() =>
        {
            var found = findQueue();
            found.Add(poller);
            return found;
        });
        DispatchedTask<T>? dispatched;
        await using (longPoll.Token.Register(() => shard.ExecuteInBackground(() => queue.Remove(poller))))
        {
            dispatched = await poller.Result;
        }

        if (shard.Stopping.IsCancellationRequested && dispatched is null)
            throw TemporalErrors.Unavailable("the embedded server is stopping");
        // Before the check of the caller, which can disconnect during the flush.
        await shard.FlushAsync();
        if (!context.CancellationToken.IsCancellationRequested) return dispatched?.Response ?? new T();

        await shard.ExecuteAsync(() =>
        {
            dispatched?.Return();
            queue.Forget(identity);
            onAborted();
        });
        throw new RpcException(Status.DefaultCancelled);
    }
}
