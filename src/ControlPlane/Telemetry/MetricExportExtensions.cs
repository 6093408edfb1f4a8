using Azure.Monitor.OpenTelemetry.Exporter;
using ControlPlane.Persistence.Entra;
using ControlPlane.Settings;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace ControlPlane.Telemetry;

/// <summary>Metrics leave each process in the same way.</summary>
public static class MetricExportExtensions
{
    /// <summary>
    /// OpenTelemetry's standard setting. Its other standard settings (protocol, headers, interval) apply as well.
    /// </summary>
    public const string EndpointSetting = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Adds an exporter for each configured receiver; without a receiver nothing is added.</summary>
    /// <exception cref="SettingException">A setting has an unusable value.</exception>
    public static IServiceCollection AddMetricExport(
        this IServiceCollection services, SettingsReader settings, string service, params string[] meters)
    {
        if (settings.FindUrl(EndpointSetting) is not null)
        {
            services.AddMetricReader(service, meters, metrics => metrics.AddOtlpExporter());
        }

        if (AzureMonitorOptions.Find(settings) is { } azure)
        {
            services.AddMetricReader(service, meters, metrics => metrics.AddAzureMonitorMetricExporter(exporter =>
            {
                exporter.ConnectionString = azure.ConnectionString;
                // A container keeps no files.
                exporter.DisableOfflineStorage = true;
                exporter.Credential = azure.Entra is { } entra
                    ? new EntraCredential(new EntraTokens(entra, EntraCredential.Resource, TimeProvider.System))
                    : null;
            }));
        }

        return services;
    }

    /// <summary>Adds a reader of these meters under the name of the service.</summary>
    public static void AddMetricReader(
        this IServiceCollection services, string service, string[] meters, Action<MeterProviderBuilder> reader) =>
        services.AddOpenTelemetry()
            // The environment (OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES) comes last and thus takes precedence.
            .ConfigureResource(resource => resource.Clear()
                .AddService(service).AddTelemetrySdk().AddEnvironmentVariableDetector())
            .WithMetrics(metrics => reader(metrics.AddMeter(meters)));
}
