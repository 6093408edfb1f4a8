using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Refit;
using Worker.Novu;
using Worker.S3;

namespace Worker.Tests;

/// <summary>A call has its timeout to the end of the answer's body.</summary>
public sealed class OutsideHttpTests
{
    // Only ends a test that would never pass.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(500)]
    [InlineData(200)]
    public async Task A_body_that_does_not_come_to_its_end_is_waited_for_no_longer_than_the_call(int status)
    {
        using var server = new HalfAnswer(status, """{"message":""");
        await using var services = Services(server.Address);
        var api = services.GetRequiredService<INovuApi>();

        await AssertTimesOutAsync(() => api.GetWorkflowAsync("w", CancellationToken.None));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(200)]
    public async Task Nor_is_that_of_the_object_store(int status)
    {
        using var server = new HalfAnswer(status, "<ListAllMyBuckets");
        using var s3 = S3ServiceCollectionExtensions.Client(
            new S3Options(server.Address, "us-east-1", "key", "secret", null), new Patience(0.001));

        await AssertTimesOutAsync(() => s3.ListBucketsAsync(CancellationToken.None));
    }

    private static async Task AssertTimesOutAsync(Func<Task> call)
    {
        var running = call();
        await Task.WhenAny(running, Task.Delay(Limit, TimeProvider.System, Cancellation));

        Assert.True(running.IsCompleted, "It is still waited for.");
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

    /// <summary>Answers each call with headers that promise more than it ever sends.</summary>
    private sealed class HalfAnswer : IDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource end = new();
        private readonly string answer;

        public HalfAnswer(int status, string half)
        {
            answer = $"HTTP/1.1 {status} X\r\nContent-Length: {half.Length + 100}\r\n\r\n{half}";
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
