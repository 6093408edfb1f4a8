using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Refit;
using Worker.Commands;
using Worker.Hosting;
using Worker.Systems;
using Worker.Systems.Novu;
using Worker.Systems.S3;

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
            ("unavailable", false, "Novu answered 200 to GET /v2/workflows/w: what it says cannot be read."),
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
        services.AddRefitGeneratedClient<INovuApi>(OutsideHttp.RefitSettings(NovuMail.System))
            .ConfigureOutside(address, CallTimeout);
        return services.BuildServiceProvider();
    }

    /// <summary>Sends the same response to each call and keeps the connection open.</summary>
    private sealed class RawResponder : IDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource end = new();
        private readonly string answer;

        /// <param name="status">The HTTP status.</param>
        /// <param name="body">In ASCII.</param>
        /// <param name="missing">The number of bytes that Content-Length promises and that are never sent.</param>
        public RawResponder(int status, string body, int missing = 0)
        {
            answer = $"HTTP/1.1 {status} X\r\nContent-Length: {body.Length + missing}\r\n\r\n{body}";
            listener.Start();
            Address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
            _ = ServeAsync();
        }

        public Uri Address { get; }

        public void Dispose()
        {
            end.Cancel();
            end.Dispose();
            listener.Dispose();
        }

        private async Task ServeAsync()
        {
            var stop = end.Token;
            try
            {
                while (true)
                {
                    _ = AnswerAsync(await listener.AcceptTcpClientAsync(stop), stop);
                }
            }
            catch (OperationCanceledException)
            {
                // The test is over.
            }
        }

        private async Task AnswerAsync(TcpClient caller, CancellationToken stop)
        {
            using (caller)
            {
                var stream = caller.GetStream();
                await stream.ReadAtLeastAsync(new byte[4096], 1, throwOnEndOfStream: false, stop);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), stop);
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
            }
        }
    }
}
