using Temporalio.Worker;

namespace EmbeddedTemporal.Tests.Support;

/// <summary>A background worker that stops when it is disposed.</summary>
internal sealed class RunningWorker : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly TemporalWorker worker;
    private readonly Task running;
    private bool isStopped;

    public RunningWorker(TemporalWorker worker)
    {
        this.worker = worker;
        running = worker.ExecuteAsync(stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (isStopped) return;
        isStopped = true;
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        worker.Dispose();
        stop.Dispose();
    }
}
