using ControlPlane.Settings;

namespace Worker.Telemetry;

/// <param name="MetricsPort"><c>METRICS_PORT</c>, where Prometheus reads the metrics; null: no endpoint.</param>
/// <param name="StuckAfter">The time in one attempt state after which a tenant counts as stuck.</param>
public sealed record TelemetryOptions(int? MetricsPort, TimeSpan StuckAfter)
{
    public static TelemetryOptions From(SettingsReader settings) => new(
        settings.Find("METRICS_PORT") is null ? null : settings.Number("METRICS_PORT", 0, 1, 65535),
        TimeSpan.FromMinutes(settings.Number("TENANT_STUCK_AFTER", 30, 1, 10080)));
}
