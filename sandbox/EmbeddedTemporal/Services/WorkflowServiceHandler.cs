using EmbeddedTemporal.Engine;
using EmbeddedTemporal.Matching;
using EmbeddedTemporal.Rpc;

namespace EmbeddedTemporal.Services;

/// <summary>
/// The methods of temporal.api.workflowservice.v1.WorkflowService that the embedded server has built, one file per
/// area. Each public method answers the RPC of its name; the other RPCs answer Unimplemented.
/// </summary>
/// <param name="longPoll">How long a poll or a wait for news is held open, in real time.</param>
internal sealed partial class WorkflowServiceHandler(Shard shard, TimeSpan longPoll)
{
    /// <summary>A token that ends a long wait: the time is over, the caller gone or the server stopping.</summary>
    private CancellationTokenSource Patience(ServerCallContext context)
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(
            context.CancellationToken, shard.Stopping.Token);
        patience.CancelAfter(longPoll);
        return patience;
    }

    /// <summary>Waits for news in vain when the time is over: false. Throws if the server stops.</summary>
    private async Task<bool> Happens(Task news, CancellationToken patience)
    {
        await news.WaitAsync(patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (shard.Stopping.IsCancellationRequested) throw TemporalErrors.Unavailable("the embedded server stops");
        return news.IsCompleted;
    }

    private async Task<T> Poll<T>(
        Func<TaskQueue<T>> find, string identity, Action aborted, ServerCallContext context)
        where T : class, new()
    {
        using var patience = Patience(context);
        var poller = new Poller<T>(identity);
        var queue = await shard.Turn(() =>
        {
            var found = find();
            found.Add(poller);
            return found;
        });
        Dispatched<T>? dispatched;
        await using (patience.Token.Register(() => shard.Unattended(() => queue.Remove(poller))))
        {
            dispatched = await poller.Answered;
        }

        if (shard.Stopping.IsCancellationRequested && dispatched is null)
            throw TemporalErrors.Unavailable("the embedded server stops");
        // Before the look at the caller, who can leave while it takes its time.
        await shard.Flushed();
        if (!context.CancellationToken.IsCancellationRequested) return dispatched?.Response ?? new T();

        await shard.Turn(() =>
        {
            dispatched?.Return();
            queue.Forget(identity);
            aborted();
        });
        throw new RpcException(Status.DefaultCancelled);
    }
}
