using System.Net;
using System.Text.RegularExpressions;
using ControlPlane.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Npgsql;
using Testing;
using Worker.Telemetry;
using Worker.Tests.Support;

namespace Worker.Tests.Telemetry;

/// <summary>Prometheus reads the worker's metrics.</summary>
public sealed partial class MetricsEndpointTests(PostgresFixture postgres)
    : IClassFixture<PostgresFixture>, IDisposable
{
    private readonly HttpClient http = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => http.Dispose();

    [Fact]
    public async Task Each_metric_of_the_worker_in_ops_has_this_name_at_the_endpoint()
    {
        int port = FreePort.Find();
        await using var worker = Worker(port);
        await using var running = await StartAsync(worker);
        var metrics = worker.GetRequiredService<WorkerMetrics>();
        metrics.StepEnded("create-idp", isUndo: false, "done", TimeSpan.FromSeconds(1));
        metrics.StepFailed("create-idp", isUndo: false, "forbidden", isFinal: true);
        metrics.SweepFound("orphan", "keycloak_realm", 1);
        metrics.SweepFailed("contacts", "unavailable");

        using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/metrics"), Cancelled);
        string text = await answer.Content.ReadAsStringAsync(Cancelled);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/plain", answer.Content.Headers.ContentType!.MediaType);
        string[] used = [.. Used("ops/prometheus-alerts.yaml"), .. Used("ops/grafana-dashboard.json")];
        Assert.NotEmpty(used);
        Assert.All(used.Distinct(), name => Assert.Matches($@"(?m)^{name}\{{", text));
    }

    [Fact]
    public async Task Other_paths_are_not_found()
    {
        int port = FreePort.Find();
        await using var worker = Worker(port);
        await using var running = await StartAsync(worker);

        using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/"), Cancelled);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        using var other = new HttpListener();
        int port = FreePort.Find();
        other.Prefixes.Add($"http://127.0.0.1:{port}/");
        other.Start();
        await using var worker = Worker(port);

        var error = await Assert.ThrowsAsync<SettingException>(() => StartAsync(worker));

        Assert.StartsWith(
            $"METRICS_PORT: found {port}, which cannot be opened", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_port_there_is_no_endpoint()
    {
        await using var worker = Worker(port: null);

        Assert.Empty(worker.GetServices<IHostedService>());
    }

    private ServiceProvider Worker(int? port) => new ServiceCollection()
        .AddSingleton(TimeProvider.System)
        .AddSingleton(NpgsqlDataSource.Create(postgres.SuperuserConnectionString))
        .AddTelemetry(new SettingsReader(
            new ConfigurationBuilder().AddInMemoryCollection([new("METRICS_PORT", port?.ToString())]).Build(),
            new HostingEnvironment()))
        .BuildServiceProvider();

    private static async Task<Restored> StartAsync(ServiceProvider worker)
    {
        var services = worker.GetServices<IHostedService>().ToList();
        foreach (var service in services)
        {
            await service.StartAsync(Cancelled);
        }

        return new Restored(() => Task.WhenAll(services.Select(service => service.StopAsync(CancellationToken.None))));
    }

    // Those of the functions have the beginnings sign_ups and http.
    private static IEnumerable<string> Used(string file) =>
        MetricName().Matches(File.ReadAllText(Path.Combine(Testing.Commands.Root, file))).Select(match => match.Value);

    [GeneratedRegex("arc_saas_(?!sign_ups|http)[a-z_]+")]
    private static partial Regex MetricName();
}
