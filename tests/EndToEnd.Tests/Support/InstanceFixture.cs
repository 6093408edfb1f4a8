using Testing;

namespace EndToEnd.Tests.Support;

/// <summary>The instance that all tests share. A test that kills a part must restart it.</summary>
public sealed class InstanceFixture : IAsyncLifetime
{
    public Instance Instance { get; } = new("instance");

    public HttpClient Http { get; } = new();

    public async ValueTask InitializeAsync() => await Instance.UpAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        (await Instance.DevAsync("reset")).EnsureSuccess();
    }
}
