using ControlPlane.Settings;

namespace Worker.Telemetry;

/// <param name="Endpoint">Where metrics are sent by OTLP; null: they are measured and not sent.</param>
/// <param name="StuckAfter">How long a tenant may be on its way before it counts as stuck.</param>
public sealed record TelemetryOptions(Uri? Endpoint, TimeSpan StuckAfter)
{
    /// <summary>OpenTelemetry's own name; its others (protocol, headers, interval) are honoured with it.</summary>
    public const string EndpointSetting = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static TelemetryOptions From(SettingsReader settings) => new(
        settings.FindUrl(EndpointSetting),
        TimeSpan.FromMinutes(settings.Number("TENANT_STUCK_AFTER", 30, 1, 10080)));
}
