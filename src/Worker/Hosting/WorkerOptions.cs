using ControlPlane.Settings;
using Worker.Systems.Keycloak;

namespace Worker.Hosting;

/// <summary>What the worker needs besides the addresses of the outside systems.</summary>
/// <param name="InstallationId">In every mark: several control planes may share a Keycloak or an object store.</param>
/// <param name="RollbackSettle">
/// How long a rollback waits before it reads the systems again: at least as long as a request already sent can still
/// take effect, so at least the longest call timeout.
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
