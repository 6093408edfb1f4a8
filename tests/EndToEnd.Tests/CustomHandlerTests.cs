using System.Net;
using EndToEnd.Tests.Support;
using Testing;

namespace EndToEnd.Tests;

/// <summary>The requirements of the Azure Functions host on a custom handler.</summary>
public sealed class CustomHandlerTests(InstanceFixture fixture)
{
    [Fact]
    public async Task With_only_the_hosts_port_set_it_answers_and_names_the_missing_settings()
    {
        int port = FreePort.Find();
        var environment = Environment.GetEnvironmentVariables().Keys.Cast<string>()
            .ToDictionary(name => name, _ => (string?)null);
        environment["FUNCTIONS_CUSTOMHANDLER_PORT"] = $"{port}";
        string binary = Path.Combine(Commands.Root, "artifacts/bin/Server/release/Server");
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

        // Requests are not logged, even without a settings file beside the binary.
        Assert.Contains("DATABASE_URL is not set", await output, StringComparison.Ordinal);
        Assert.DoesNotContain("Request starting", await output, StringComparison.Ordinal);
    }

    private async Task<HttpStatusCode> StatusAsync(Uri address)
    {
        using var answer = await fixture.Http.GetAsync(address, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
