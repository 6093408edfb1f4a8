using Testing;

namespace EndToEnd.Tests.Support;

/// <summary>The instance that the tests share; a test that kills a part starts it again.</summary>
public sealed class RunningInstance : IAsyncLifetime
{
    public Instance Instance { get; } = new("instance");

    public HttpClient Http { get; } = new();

    public async ValueTask InitializeAsync() => await Instance.UpAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        (await Instance.DevAsync("reset")).AndSucceeded();
    }
}
