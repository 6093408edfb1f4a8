namespace Worker.Tests.Support;

/// <summary>Restores shared state that a test changed, also when the test fails.</summary>
public sealed class Restored(Func<Task> restore) : IAsyncDisposable
{
    public async ValueTask DisposeAsync() => await restore();
}
