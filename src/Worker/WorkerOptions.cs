using ControlPlane.Settings;

namespace Worker;

/// <summary>What the worker needs besides the addresses of the outside systems.</summary>
/// <param name="InstallationId">In every mark: several control planes may share a Keycloak or an object store.</param>
/// <param name="PublicBaseUrl">Every link in a mail begins with it; without a slash at its end. Null without mails.</param>
/// <param name="AppPlaneBaseUrl">Where a tenant's application is; <c>{tenant}</c> stands for the key.</param>
/// <param name="RollbackSettle">
/// How long a rollback waits before it reads the systems again: at least as long as a request already sent can still
/// take effect, so at least the longest call timeout.
/// </param>
public sealed record WorkerOptions(
    Guid InstallationId, string? PublicBaseUrl, string AppPlaneBaseUrl, TimeSpan RollbackSettle)
{
    public static WorkerOptions From(SettingsReader settings)
    {
        foreach (string name in (string[])["TERRAFORM_ENABLED", "DEPLOYMENT_ENABLED", "DNS_ENABLED"])
        {
            if (settings.Flag(name, false))
            {
                throw new SettingException(name, "true", "false: this step is not built yet and reports SKIPPED");
            }
        }

        return new WorkerOptions(
            settings.RequireId("INSTALLATION_ID"),
            settings.FindUrl("PUBLIC_BASE_URL")?.OriginalString,
            settings.Text("APP_PLANE_BASE_URL", "https://{tenant}.app.example.com"),
            TimeSpan.FromSeconds(settings.Number("ROLLBACK_SETTLE", settings.IsDevelopment ? 1 : 150, 0, 3600)));
    }
}
