using Microsoft.Extensions.DependencyInjection;
using Refit;
using Worker.Commands;
using Worker.Hosting;
using Worker.Systems;
using Worker.Systems.Novu;
using Worker.Systems.S3;
using Worker.Tests.Support;

namespace Worker.Tests.Systems;

/// <summary>Responses whose bodies never end or are no JSON.</summary>
public sealed class OutsideHttpTests
{
    // Ends a test that would otherwise hang.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(1);

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(500)]
    [InlineData(200)]
    public async Task A_call_whose_body_never_ends_times_out(int status)
    {
        using var server = new RawResponder(status, """{"message":""", missing: 100);
        await using var services = Services(server.Address);
        var api = services.GetRequiredService<INovuApi>();

        await AssertTimesOutAsync(() => api.GetWorkflowAsync("w", CancellationToken.None));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(200)]
    public async Task A_call_to_the_object_store_whose_body_never_ends_times_out(int status)
    {
        using var server = new RawResponder(status, "<ListAllMyBuckets", missing: 100);
        using var s3 = ObjectStoreClient.Create(
            new S3Options(server.Address, "us-east-1", "key", "secret", null), new TimeoutScale(0.001));

        await AssertTimesOutAsync(() => s3.ListBucketsAsync(CancellationToken.None));
    }

    // A real Keycloak that fails in the middle of a long list (for instance while a realm in it is deleted) has already
    // sent 200, and ends the body with its error: https://github.com/keycloak/keycloak/issues/34857
    [Fact]
    public async Task A_200_with_an_unreadable_body_is_retried_and_reported_without_the_body()
    {
        using var server = new RawResponder(200, """[{"name":"secret","smtp{"error":"unknown_error"}""");
        await using var services = Services(server.Address);
        var api = services.GetRequiredService<INovuApi>();

        var e = await Assert.ThrowsAnyAsync<Exception>(() => api.GetWorkflowAsync("w", CancellationToken.None));

        var failure = Failures.Translate(e);
        Assert.Equal(
            ("temporary", false, "Novu answered 200 to GET /v2/workflows/w: what it says cannot be read."),
            (failure.ErrorType, failure.NonRetryable, failure.Message));
        Assert.Equal(failure.Message, CommandLine.Explain(e));
    }

    private static async Task AssertTimesOutAsync(Func<Task> call)
    {
        var running = call();
        await Task.WhenAny(running, Task.Delay(Limit, TimeProvider.System, CancellationToken));

        Assert.True(running.IsCompleted, "The call did not time out.");
        var e = await Assert.ThrowsAnyAsync<Exception>(() => running);
        Assert.Equal("timeout", Failures.Translate(e).ErrorType);
    }

    private static ServiceProvider Services(Uri address)
    {
        var services = new ServiceCollection();
        services.AddRefitGeneratedClient<INovuApi>(OutsideHttp.RefitSettings(NovuErrors.Table))
            .ConfigureOutside(address, CallTimeout);
        return services.BuildServiceProvider();
    }
}
