using EmbeddedTemporal.Rpc;
using Microsoft.Extensions.Logging;

namespace EmbeddedTemporal.Engine;

internal sealed partial class Shard
{
    /// <summary>
    /// Executes a unit of work under the lock and returns its result once everything that it read and wrote is durable.
    /// Writes are kept if the work throws an RpcException, and are discarded if it throws any other exception.
    /// </summary>
    public async Task<T> ExecuteAsync<T>(Func<T> work)
    {
        var (result, error, durable) = Execute(work);
        await WaitUntilDurable(durable);
        return error is null ? result! : throw error;
    }

    public Task ExecuteAsync(Action work) => ExecuteAsync(() =>
    {
        work();
        return true;
    });

    /// <summary>Executes a unit of work without a caller; a failure is logged.</summary>
    public async void ExecuteInBackground(Action work)
    {
        try
        {
            await ExecuteAsync(work);
        }
        catch (Exception exception)
        {
            LogBackgroundFailure(exception);
        }
    }

    /// <summary>Waits until all previous writes are durable.</summary>
    public Task FlushAsync()
    {
        lock (gate) return WaitUntilDurable(Store.Commit());
    }

    private (T? Result, RpcException? Error, Task Durable) Execute<T>(Func<T> work)
    {
        lock (gate)
        {
            try
            {
                Runs.RemoveExpired();
                // The removals are a separate unit: they are kept even if the work fails.
                Store.Commit();
                var (result, error) = Invoke(work);
                return (result, error, Complete());
            }
            catch (Exception exception)
            {
                if (!Store.Discard(exception)) throw;
                deferred.Clear();
                LogDiscarded(exception);
                throw;
            }
        }
    }

    private static (T? Result, RpcException? Error) Invoke<T>(Func<T> work)
    {
        try
        {
            return (work(), null);
        }
        catch (RpcException exception)
        {
            return (default, exception);
        }
    }

    private static async Task WaitUntilDurable(Task durable)
    {
        try
        {
            await durable;
        }
        catch (IOException exception)
        {
            throw TemporalErrors.Unavailable(exception.Message);
        }
    }

    private Task Complete()
    {
        do
        {
            while (deferred.TryDequeue(out var next) || matches.TryDequeue(out next)) next();
        }
        while (Timers.FireDue());
        Timers.Arm();
        WorkCompleted?.Invoke();
        return Store.Commit();
    }

    [LoggerMessage(1, LogLevel.Critical, "A background operation of the embedded Temporal server failed")]
    private partial void LogBackgroundFailure(Exception exception);

    [LoggerMessage(3, LogLevel.Critical,
        "The embedded Temporal server failed during a change. The change is discarded, and the server acknowledges no "
        + "further changes until it is restarted")]
    private partial void LogDiscarded(Exception exception);
}
