using EmbeddedTemporal.Rpc;
using Microsoft.Extensions.Logging;

namespace EmbeddedTemporal.Engine;

internal sealed partial class Shard
{
    /// <summary>
    /// Does the work under the lock and returns its result once all it saw and wrote is durable. Work may refuse
    /// (RpcException), and what it wrote is kept; if it fails in any other way, nothing of it is.
    /// </summary>
    public async Task<T> Turn<T>(Func<T> work)
    {
        var (result, refusal, durable) = TakeTurn(work);
        await Acknowledged(durable);
        return refusal is null ? result! : throw refusal;
    }

    public Task Turn(Action work) => Turn(() =>
    {
        work();
        return true;
    });

    /// <summary>Does work for which nobody waits; a failure goes to the log.</summary>
    public async void Unattended(Action work)
    {
        try
        {
            await Turn(work);
        }
        catch (Exception failed)
        {
            LogUnattendedFailure(failed);
        }
    }

    /// <summary>Waits until all that was written so far is durable.</summary>
    public Task Flushed()
    {
        lock (gate) return Acknowledged(Store.Commit());
    }

    private (T? Result, RpcException? Refusal, Task Durable) TakeTurn<T>(Func<T> work)
    {
        lock (gate)
        {
            try
            {
                Runs.RemoveExpired();
                // A unit of its own: the work has no part in it.
                Store.Commit();
                var (result, refusal) = Do(work);
                return (result, refusal, EndTurn());
            }
            catch (Exception failed)
            {
                if (!Store.Abandon(failed)) throw;
                effects.Clear();
                LogAbandoned(failed);
                throw;
            }
        }
    }

    private static (T? Result, RpcException? Refusal) Do<T>(Func<T> work)
    {
        try
        {
            return (work(), null);
        }
        catch (RpcException refused)
        {
            return (default, refused);
        }
    }

    private static async Task Acknowledged(Task durable)
    {
        try
        {
            await durable;
        }
        catch (IOException failed)
        {
            throw TemporalErrors.Unavailable(failed.Message);
        }
    }

    private Task EndTurn()
    {
        do
        {
            while (effects.TryDequeue(out var next) || matches.TryDequeue(out next)) next();
        }
        while (Timers.FireDue());
        Timers.Arm();
        TurnEnded?.Invoke();
        return Store.Commit();
    }

    [LoggerMessage(1, LogLevel.Critical, "The embedded Temporal server failed at work that no caller waits for")]
    private partial void LogUnattendedFailure(Exception failed);

    [LoggerMessage(3, LogLevel.Critical,
        "The embedded Temporal server failed halfway through a change. The change is discarded, and nothing more is "
        + "acknowledged until the server is started again")]
    private partial void LogAbandoned(Exception failed);
}
