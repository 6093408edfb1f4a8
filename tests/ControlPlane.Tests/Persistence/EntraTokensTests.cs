using ControlPlane.Persistence.Entra;
using Microsoft.Extensions.Time.Testing;

namespace ControlPlane.Tests.Persistence;

/// <summary>The life of a token: kept, refreshed, and outliving an outage of its endpoint.</summary>
public sealed class EntraTokensTests : IAsyncLifetime
{
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 1, 8, 0, 0, TimeSpan.Zero));
    private TokenEndpoint endpoint = null!;
    private EntraTokens tokens = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        endpoint = await TokenEndpoint.StartAsync(time.GetUtcNow());
        tokens = Create(endpoint.App());
    }

    public ValueTask DisposeAsync()
    {
        tokens.Dispose();
        return endpoint.DisposeAsync();
    }

    [Fact]
    public async Task The_endpoint_beside_an_app_issues_a_token() =>
        Assert.Equal("token-1", await GetAsync(tokens));

    [Fact]
    public async Task The_endpoint_of_a_machine_issues_a_token()
    {
        using var machine = Create(endpoint.Machine());

        Assert.Equal("token-1", await GetAsync(machine));
    }

    [Fact]
    public async Task A_federated_token_is_read_again_for_each_exchange()
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "federated-1\n", Cancelled);
            using var workload = Create(endpoint.Workload(file));
            Assert.Equal("token-1", await GetAsync(workload));

            (endpoint.Assertion, endpoint.Token) = ("federated-2", "token-2");
            await File.WriteAllTextAsync(file, "federated-2\n", Cancelled);
            time.Advance(TimeSpan.FromMinutes(56));

            Assert.Equal("token-2", await GetAsync(workload));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_token_is_kept_until_five_minutes_before_it_expires()
    {
        await GetAsync(tokens);
        endpoint.Token = "token-2";

        time.Advance(TimeSpan.FromMinutes(54));
        Assert.Equal("token-1", await GetAsync(tokens));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("token-2", await GetAsync(tokens));
        Assert.Equal(2, endpoint.RequestCount);
    }

    [Fact]
    public async Task Connections_that_open_at_once_send_one_request()
    {
        var gate = new TaskCompletionSource();
        endpoint.BeforeAnswer = gate.Task;

        var opening = Enumerable.Range(0, 8).Select(_ => GetAsync(tokens)).ToList();
        gate.SetResult();

        Assert.All(await Task.WhenAll(opening), token => Assert.Equal("token-1", token));
        Assert.Equal(1, endpoint.RequestCount);
    }

    [Fact]
    public async Task A_connection_that_is_opened_synchronously_gets_the_token() =>
        Assert.Equal("token-1", await Task.Run(() => tokens.Get(new()), Cancelled));

    [Fact]
    public async Task A_token_outlives_an_outage_of_the_endpoint_until_it_expires()
    {
        await GetAsync(tokens);
        endpoint.Override = (503, "");

        time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal("token-1", await GetAsync(tokens));
        time.Advance(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<EntraTokenException>(async () => await GetAsync(tokens));
    }

    [Theory]
    [InlineData(null, 1)]
    [InlineData("7", 7)]
    [InlineData("3600", 30)]
    public async Task After_a_failure_the_next_request_waits(string? retryAfter, int seconds)
    {
        (endpoint.Override, endpoint.RetryAfter) = ((429, "{}"), retryAfter);
        await Assert.ThrowsAsync<EntraTokenException>(async () => await GetAsync(tokens));
        endpoint.Override = null;

        time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        await Assert.ThrowsAsync<EntraTokenException>(async () => await GetAsync(tokens));
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("token-1", await GetAsync(tokens));
        Assert.Equal(2, endpoint.RequestCount);
    }

    private EntraTokens Create(EntraOptions options) => new(options, EntraTokens.PostgresResource, time);

    private static async Task<string> GetAsync(EntraTokens source) => (await source.GetTokenAsync(Cancelled)).Text;
}
