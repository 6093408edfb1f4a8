using System.Net;
using System.Net.Sockets;
using EndToEnd.Tests.Support;
using Testing;

namespace EndToEnd.Tests;

/// <summary>What the Functions host of Azure asks of its custom handler.</summary>
public sealed class CustomHandlerTests(RunningInstance running)
{
    [Fact]
    public async Task With_nothing_but_the_hosts_port_it_answers_and_names_what_is_missing()
    {
        int port = FreePort();
        var environment = Environment.GetEnvironmentVariables().Keys.Cast<string>()
            .ToDictionary(name => name, _ => (string?)null);
        environment["FUNCTIONS_CUSTOMHANDLER_PORT"] = $"{port}";
        string binary = Path.Combine(Commands.Root, "artifacts/bin/Functions/release/Functions");
        using var process = Commands.Start(binary, [], environment);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            var address = new Uri($"http://127.0.0.1:{port}");
            await AssertMore.EventuallyAsync(async () => Assert.Equal(HttpStatusCode.OK, await StatusAsync(address)));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(new Uri(address, "/ping")));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(new Uri(address, "/health/ready")));
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        // Not a line for each request: the binary needs no file beside it to be quiet.
        Assert.Contains("DATABASE_URL is not set", await output, StringComparison.Ordinal);
        Assert.DoesNotContain("Request starting", await output, StringComparison.Ordinal);
    }

    private async Task<HttpStatusCode> StatusAsync(Uri address)
    {
        using var answer = await running.Http.GetAsync(address, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
