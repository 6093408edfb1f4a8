using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Api.RateLimits;
using ControlPlane.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;

namespace Api.Tests.RateLimits;

/// <summary>Tests with a real Redis. They are skipped if the machine has no redis-server.</summary>
public sealed class RedisTests(ApiFixture fixture) : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("redis-test-").FullName;
    private readonly int port = FreePort();
    private Process? redis;

    public async ValueTask InitializeAsync()
    {
        if (FindInPath("redis-server") is { } program)
        {
            redis = Process.Start(new ProcessStartInfo(program,
                ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--dir", folder, "--requirepass", "secret"])
            {
                RedirectStandardOutput = true,
            })!;
            while (await redis.StandardOutput.ReadLineAsync() is { } line
                && !line.Contains("Ready to accept connections", StringComparison.Ordinal))
            {
                // Skips the startup messages.
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        redis?.Kill();
        redis?.WaitForExit();
        redis?.Dispose();
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Processes_share_one_limit_and_count_on_their_own_when_Redis_dies()
    {
        Assert.SkipWhen(redis is null, "redis-server is not installed: apt-get install redis-server.");
        (string, string)[] settings = [("LEADS_RATE_LIMIT", "2"), ("REDIS_URL", $"redis://:secret@127.0.0.1:{port}/3")];
        await using var first = fixture.StartApplication(settings);
        await using var second = fixture.StartApplication(settings);
        await first.Data.CreateLeadAsync();
        await second.Data.CreateLeadAsync();

        var refused = await first.PostAsync("/leads", TestData.SignUp($"{TestData.NewKey()}.com"));

        refused.AssertProblem(429, "too_many_requests");
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
        Assert.DoesNotContain(first.Log.All, line => line.Contains("Redis is unreachable", StringComparison.Ordinal));

        redis.Kill();
        await redis.WaitForExitAsync(TestContext.Current.CancellationToken);
        (await first.PostAsync("/leads", TestData.SignUp($"{TestData.NewKey()}.com"))).Expect(HttpStatusCode.Created);
        Assert.Single(first.Log.All, line => line.Contains("Redis is unreachable", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Both_counters_count_alike()
    {
        Assert.SkipWhen(redis is null, "redis-server is not installed: apt-get install redis-server.");
        var process = new ProcessRateCounter(TimeProvider.System);
        await using var shared = new RedisRateCounter(
            RedisOptions.Find(Settings($"redis://:secret@127.0.0.1:{port}/2"))!,
            new ProcessRateCounter(TimeProvider.System), NullLogger<RedisRateCounter>.Instance);
        var cancellationToken = TestContext.Current.CancellationToken;
        foreach (IRateCounter counter in (IRateCounter[])[process, shared])
        {
            Assert.Equal(default, await counter.ReadAsync("address:a", cancellationToken));
            Assert.Equal(1, (await counter.AddAsync("address:a", TimeSpan.FromHours(1), cancellationToken)).Count);
            Assert.Equal(2, (await counter.AddAsync("address:a", TimeSpan.FromHours(1), cancellationToken)).Count);
            var read = await counter.ReadAsync("address:a", cancellationToken);
            Assert.Equal(2, read.Count);
            Assert.InRange(read.EndsIn, TimeSpan.FromMinutes(59), TimeSpan.FromHours(1));
            Assert.Equal(default, await counter.ReadAsync("address:b", cancellationToken));
        }
    }

    private static SettingsReader Settings(string url) => new(
        new ConfigurationBuilder().AddInMemoryCollection([new("REDIS_URL", url)]).Build(),
        new HostingEnvironment { EnvironmentName = "Development" });

    private static string? FindInPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
