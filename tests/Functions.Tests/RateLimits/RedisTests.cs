using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Functions.Tests.RateLimits;

/// <summary>Against a real Redis, where the machine has one; nothing the tests rest on is lost without it.</summary>
public sealed class RedisTests(World world) : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("redis-test-").FullName;
    private readonly int port = FreePort();
    private Process? redis;

    public async ValueTask InitializeAsync()
    {
        if (Find("redis-server") is { } program)
        {
            redis = Process.Start(new ProcessStartInfo(program,
                ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--dir", folder, "--requirepass", "secret"])
            {
                RedirectStandardOutput = true,
            })!;
            while (await redis.StandardOutput.ReadLineAsync() is { } line
                && !line.Contains("Ready to accept connections", StringComparison.Ordinal))
            {
                // Its greeting.
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
    public async Task Processes_share_one_limit_and_each_goes_on_alone_when_Redis_dies()
    {
        Assert.SkipWhen(redis is null, "redis-server is not on this machine; apt-get install redis-server.");
        (string, string)[] settings = [("LEADS_RATE_LIMIT", "2"), ("REDIS_URL", $"redis://:secret@127.0.0.1:{port}/3")];
        await using var one = world.Start(settings);
        await using var other = world.Start(settings);
        await one.Given.LeadAsync();
        await other.Given.LeadAsync();

        var refused = await one.PostAsync("/leads", Given.SignUp($"{Given.Key()}.com"));

        refused.IsProblem(429, "too_many_requests");
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
        Assert.DoesNotContain(one.Log.All, line => line.Contains("Redis is unreachable", StringComparison.Ordinal));

        redis.Kill();
        await redis.WaitForExitAsync(TestContext.Current.CancellationToken);
        (await one.PostAsync("/leads", Given.SignUp($"{Given.Key()}.com"))).Expect(HttpStatusCode.Created);
        Assert.Single(one.Log.All, line => line.Contains("Redis is unreachable", StringComparison.Ordinal));
    }

    private static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
