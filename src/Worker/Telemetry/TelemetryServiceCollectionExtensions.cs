using Azure.Monitor.OpenTelemetry.Exporter;
using ControlPlane.Persistence.Entra;
using ControlPlane.Settings;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Worker.Telemetry;

public static class TelemetryServiceCollectionExtensions
{
    /// <summary>Registers the worker's metrics, and an exporter for each configured receiver.</summary>
    /// <exception cref="SettingException">A setting has an unusable value.</exception>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, SettingsReader settings)
    {
        var options = TelemetryOptions.From(settings);
        services.AddMetrics()
            .AddSingleton(options)
            .AddSingleton<TenantCounts>()
            .AddSingleton<WorkerMetrics>();
        if (options.Endpoint is not null || options.AzureMonitor is not null)
        {
            services.AddOpenTelemetry()
                // The environment (OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES) comes last and thus takes precedence.
                .ConfigureResource(resource => resource.Clear()
                    .AddService("arc-saas-worker").AddTelemetrySdk().AddEnvironmentVariableDetector())
                .WithMetrics(metrics => metrics.AddMeter(WorkerMetrics.MeterName).AddExporters(options));
        }

        return services;
    }

    private static void AddExporters(this MeterProviderBuilder metrics, TelemetryOptions options)
    {
        if (options.Endpoint is not null)
        {
            metrics.AddOtlpExporter();
        }

        if (options.AzureMonitor is { } azure)
        {
            metrics.AddAzureMonitorMetricExporter(exporter =>
            {
                exporter.ConnectionString = azure.ConnectionString;
                // A container keeps no files.
                exporter.DisableOfflineStorage = true;
                exporter.Credential = azure.Entra is { } entra
                    ? new EntraCredential(new EntraTokens(entra, EntraCredential.Resource, TimeProvider.System))
                    : null;
            });
        }
    }
}
