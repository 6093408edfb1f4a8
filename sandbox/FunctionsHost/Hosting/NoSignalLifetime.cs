namespace FunctionsHost.Hosting;

/// <summary>Ignores signals: the owner of the host handles Ctrl-C and stops it.</summary>
internal sealed class NoSignalLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
