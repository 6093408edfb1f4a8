using ControlPlane.Settings;
using ControlPlane.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;

namespace Worker.Telemetry;

public static class TelemetryServiceCollectionExtensions
{
    private const string Service = "arc-saas-worker";

    /// <summary>Registers the worker's metrics, an exporter for each receiver, and Prometheus' endpoint.</summary>
    /// <exception cref="SettingException">A setting has an unusable value.</exception>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, SettingsReader settings)
    {
        var options = TelemetryOptions.From(settings);
        services.AddMetrics()
            .AddSingleton(options)
            .AddSingleton<TenantCounts>()
            .AddSingleton<WorkerMetrics>()
            .AddMetricExport(settings, Service, WorkerMetrics.MeterName);
        if (options.MetricsPort is { } port)
        {
            services.AddMetricReader(Service, [WorkerMetrics.MeterName], metrics => metrics.AddPrometheusExporter());
            services.AddHostedService(provider => new MetricsEndpoint(port, provider));
        }

        return services;
    }
}
