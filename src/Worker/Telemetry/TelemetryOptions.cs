using ControlPlane.Settings;

namespace Worker.Telemetry;

/// <param name="Endpoint">The OTLP endpoint for metrics; null when metrics are recorded but not exported.</param>
/// <param name="AzureMonitor">Application Insights; null when metrics are not sent there.</param>
/// <param name="StuckAfter">The time in one attempt state after which a tenant counts as stuck.</param>
public sealed record TelemetryOptions(Uri? Endpoint, AzureMonitorOptions? AzureMonitor, TimeSpan StuckAfter)
{
    /// <summary>
    /// OpenTelemetry's standard setting. Its other standard settings (protocol, headers, interval) apply as well.
    /// </summary>
    public const string EndpointSetting = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static TelemetryOptions From(SettingsReader settings) => new(
        settings.FindUrl(EndpointSetting),
        AzureMonitorOptions.Find(settings),
        TimeSpan.FromMinutes(settings.Number("TENANT_STUCK_AFTER", 30, 1, 10080)));
}
