namespace FunctionsHost.Workers;

/// <summary>
/// Keeps one worker running. Calls wait while it restarts, as under the real host.
/// </summary>
internal sealed partial class WorkerSupervisor(
    Func<CancellationToken, Task<IWorkerSession>> start, FunctionsHostOptions options, ILogger log)
    : IAsyncDisposable
{
    private const int IntentionalRestart = 200;

    private readonly WorkerErrors errors = new(options.TimeProvider);
    private readonly CancellationTokenSource stopping = new();
    private readonly TaskCompletionSource<FunctionsHostException> gaveUp = NewSource<FunctionsHostException>();
    private TaskCompletionSource<IWorkerSession> current = NewSource<IWorkerSession>();
    private IWorkerSession? restarting;
    private Task watch = Task.CompletedTask;

    /// <summary>Completes when the worker died too often; calls are no longer answered then.</summary>
    public Task<FunctionsHostException> GaveUp => gaveUp.Task;

    /// <summary>Starts the first worker. A failure is not tried again.</summary>
    public async Task<IWorkerSession> StartAsync(CancellationToken cancellationToken)
    {
        var session = await start(cancellationToken);
        current.SetResult(session);
        watch = WatchAsync(session);
        return session;
    }

    /// <summary>The running worker, once there is one.</summary>
    public Task<IWorkerSession> CurrentAsync(CancellationToken cancellationToken) =>
        Volatile.Read(ref current).Task.WaitAsync(cancellationToken);

    /// <summary>Replaces a worker whose invocation ran into its timeout. This restart does not count.</summary>
    public async Task RestartAsync(IWorkerSession session)
    {
        Volatile.Write(ref restarting, session);
        await session.Handle.KillAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await watch;
        if (current.Task is { IsCompletedSuccessfully: true, Result: var session })
            await session.StopAsync();
        stopping.Dispose();
    }

    private async Task WatchAsync(IWorkerSession session)
    {
        var stop = stopping.Token;
        try
        {
            while (await session.Handle.Exited.WaitAsync(stop) is var code && IsToRestart(session, code))
            {
                session = await StartAgainAsync(stop);
                LogRestarted(log);
                current.SetResult(session);
                // The next restart is not sooner than the interval, as the real host holds its start lock for it.
                await Task.Delay(options.WorkerRestartInterval, options.TimeProvider, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            current.TrySetCanceled(CancellationToken.None);
        }
        catch (FunctionsHostException e)
        {
            GiveUp(e);
        }
    }

    private bool IsToRestart(IWorkerSession session, int code)
    {
        if (code == 0 && !ReferenceEquals(session, Volatile.Read(ref restarting)))
        {
            LogEndedByItself(log);
            return false;
        }

        var error = new FunctionsHostException($"The worker ended with exit code {code}.");
        Volatile.Write(ref current, NewSource<IWorkerSession>());
        session.Fail(error);
        if (code != IntentionalRestart && !ReferenceEquals(session, Volatile.Read(ref restarting)))
        {
            LogDied(log, code);
            if (!errors.MayRestart())
                throw error;
        }

        return true;
    }

    private async Task<IWorkerSession> StartAgainAsync(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                return await start(stop);
            }
            catch (FunctionsHostException e)
            {
                LogStartFailed(log, e.Message);
                if (!errors.MayRestart())
                    throw;
            }
        }
    }

    private void GiveUp(FunctionsHostException error)
    {
        var end = new FunctionsHostException($"The worker died too often; the host stops. {error.Message}", error);
        LogGaveUp(log, end.Message);
        current.TrySetException(end);
        gaveUp.TrySetResult(end);
    }

    private static TaskCompletionSource<T> NewSource<T>() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(10, LogLevel.Information, "Worker process started and initialized.")]
    private static partial void LogRestarted(ILogger log);

    [LoggerMessage(11, LogLevel.Error, "The worker ended with exit code {Code}.")]
    private static partial void LogDied(ILogger log, int code);

    [LoggerMessage(12, LogLevel.Error,
        "The worker ended with exit code 0. The host does not restart it: calls wait for their timeout.")]
    private static partial void LogEndedByItself(ILogger log);

    [LoggerMessage(13, LogLevel.Error, "The worker did not restart: {Reason}")]
    private static partial void LogStartFailed(ILogger log, string reason);

    [LoggerMessage(14, LogLevel.Critical, "{Reason}")]
    private static partial void LogGaveUp(ILogger log, string reason);
}
