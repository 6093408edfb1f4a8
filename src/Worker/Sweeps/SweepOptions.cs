using ControlPlane.Settings;

namespace Worker.Sweeps;

/// <summary>The options of the sweep.</summary>
/// <param name="Interval">The interval between the starts of two sweeps.</param>
/// <param name="RepairInterval">The interval between two repairs of the attempts.</param>
/// <param name="Grace">
/// The time since the end of an attempt before its leftovers are deleted, so that operators can inspect them.
/// </param>
/// <param name="MaxDeletions">
/// The maximum number of deleted objects of each type in one sweep: more at once are probably a mistake.
/// </param>
/// <param name="ContactRetention">The retention of the contact data of leads that did not become customers.</param>
/// <param name="FailedTenantLifetime">The time since its failure after which a tenant is released.</param>
public sealed record SweepOptions(
    TimeSpan Interval, TimeSpan RepairInterval, TimeSpan Grace, int MaxDeletions, TimeSpan ContactRetention,
    TimeSpan FailedTenantLifetime)
{
    public static SweepOptions From(SettingsReader settings) => new(
        TimeSpan.FromMinutes(settings.Number("SWEEP_INTERVAL", 10, 1, 1440)),
        TimeSpan.FromMinutes(settings.Number("REPAIR_INTERVAL", 2, 1, 1440)),
        TimeSpan.FromMinutes(settings.Number(
            "SWEEP_GRACE", settings.IsProduction ? 360 : 10, settings.IsProduction ? 60 : 0, 43200)),
        settings.Number("SWEEP_MOST_DELETIONS", 10, 0, 1000),
        TimeSpan.FromDays(settings.Number("CONTACT_RETENTION", 30, 1, 3650)),
        TimeSpan.FromDays(settings.Number("FAILED_TENANT_LIFETIME", 30, 1, 3650)));
}
