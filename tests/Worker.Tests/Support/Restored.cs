namespace Worker.Tests.Support;

/// <summary>Undoes a test's change of shared state at the end of its scope, also when the test fails.</summary>
public sealed class Restored(Func<Task> restore) : IAsyncDisposable
{
    public async ValueTask DisposeAsync() => await restore();
}
