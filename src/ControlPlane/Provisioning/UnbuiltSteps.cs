using ControlPlane.Settings;

namespace ControlPlane.Provisioning;

/// <summary>The settings of the steps that are not built yet and report SKIPPED.</summary>
public static class UnbuiltSteps
{
    public const string Deployment = "DEPLOYMENT_ENABLED";
    public const string Dns = "DNS_ENABLED";

    /// <summary>Rejects at start a setting that switches on a step which is not built.</summary>
    /// <exception cref="SettingException">A setting is true, or not a boolean.</exception>
    public static void RequireDisabled(SettingsReader settings, params ReadOnlySpan<string> switches)
    {
        foreach (string name in switches)
        {
            if (settings.Flag(name, false))
            {
                throw new SettingException(name, "true", "false: this step is not built yet and reports SKIPPED");
            }
        }
    }
}
