namespace FunctionsHost.Tests.Sample;

/// <summary>One sample app with ASP.NET Core for the tests that leave it as it was.</summary>
public sealed class SampleFixture : IAsyncLifetime
{
    internal RunningSample App { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        App = await RunningSample.StartAsync();
        App.Server.EnsureRunning();
    }

    public ValueTask DisposeAsync() => App.DisposeAsync();
}
