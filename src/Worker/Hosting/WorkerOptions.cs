using ControlPlane.Settings;
using Worker.Systems.Keycloak;

namespace Worker.Hosting;

/// <summary>The worker's settings that do not belong to one outside system.</summary>
/// <param name="InstallationId">
/// Part of every mark, since several control planes may share a Keycloak or an object store.
/// </param>
/// <param name="RollbackSettle">
/// The settle delay: the wait of a rollback before its final readings. A request that was sent before may still take
/// effect during that time, so it is at least the longest call timeout.
/// </param>
public sealed record WorkerOptions(Guid InstallationId, TimeSpan RollbackSettle)
{
    public static WorkerOptions From(SettingsReader settings)
    {
        return new WorkerOptions(
            settings.RequireId("INSTALLATION_ID"),
            TimeSpan.FromSeconds(settings.Number(
                "ROLLBACK_SETTLE",
                settings.IsDevelopment ? 1 : 150,
                settings.IsProduction ? (int)KeycloakOptions.CallTimeout.TotalSeconds : 0,
                3600)));
    }
}
