using ControlPlane.Settings;

namespace Worker.Sweeps;

/// <summary>How the sweep goes about what no workflow looks after.</summary>
/// <param name="Interval">From one sweep to the next.</param>
/// <param name="Grace">
/// How long ago an attempt must have ended before what it left is deleted: long enough for whoever looks into it.
/// </param>
/// <param name="MaxDeletions">Of each kind of object in one sweep: many at once are more likely a mistake.</param>
/// <param name="ContactRetention">How long contact data of those who did not become customers is kept.</param>
public sealed record SweepOptions(
    TimeSpan Interval, TimeSpan Grace, int MaxDeletions, TimeSpan ContactRetention)
{
    public static SweepOptions From(SettingsReader settings) => new(
        TimeSpan.FromMinutes(settings.Number("SWEEP_INTERVAL", 10, 1, 1440)),
        TimeSpan.FromMinutes(settings.Number(
            "SWEEP_GRACE", settings.IsProduction ? 360 : 10, settings.IsProduction ? 60 : 0, 43200)),
        settings.Number("SWEEP_MOST_DELETIONS", 10, 0, 1000),
        TimeSpan.FromDays(settings.Number("CONTACT_RETENTION", 30, 1, 3650)));
}
