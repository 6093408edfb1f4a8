using ControlPlane.Settings;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Worker.Telemetry;

public static class TelemetryServiceCollectionExtensions
{
    /// <summary>Registers the worker's metrics, and their exporter when an endpoint is configured.</summary>
    /// <exception cref="SettingException">A setting has an unusable value.</exception>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, SettingsReader settings)
    {
        var options = TelemetryOptions.From(settings);
        services.AddMetrics()
            .AddSingleton(options)
            .AddSingleton<TenantCounts>()
            .AddSingleton<WorkerMetrics>();
        if (options.Endpoint is not null)
        {
            services.AddOpenTelemetry()
                // The environment (OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES) comes last and thus takes precedence.
                .ConfigureResource(resource => resource.Clear()
                    .AddService("arc-saas-worker").AddTelemetrySdk().AddEnvironmentVariableDetector())
                .WithMetrics(metrics => metrics.AddMeter(WorkerMetrics.MeterName).AddOtlpExporter());
        }

        return services;
    }
}
