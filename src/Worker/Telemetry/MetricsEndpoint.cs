using ControlPlane.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;

namespace Worker.Telemetry;

/// <summary>Answers <c>GET /metrics</c> for Prometheus, on every IPv4 address.</summary>
/// <param name="port">The port.</param>
/// <param name="worker">The services of the worker, with its metrics.</param>
public sealed class MetricsEndpoint(int port, IServiceProvider worker) : IHostedService, IAsyncDisposable
{
    private WebApplication? server;

    /// <exception cref="SettingException">The port cannot be opened.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.WebHost.UseUrls($"http://0.0.0.0:{port}");
        server = builder.Build();
        // The endpoint reads instruments that exist; these are made with their first use.
        worker.GetRequiredService<WorkerMetrics>();
        server.UseOpenTelemetryPrometheusScrapingEndpoint(
            worker.GetRequiredService<MeterProvider>(), null, null, null, null);
        try
        {
            await server.StartAsync(cancellationToken);
        }
        catch (IOException e)
        {
            throw new SettingException(
                "METRICS_PORT", $"{port}, which cannot be opened ({e.InnerException?.Message ?? e.Message})",
                "a free port");
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) =>
        server?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
