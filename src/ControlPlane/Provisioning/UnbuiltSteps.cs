using ControlPlane.Settings;

namespace ControlPlane.Provisioning;

/// <summary>Steps that are not built yet and report SKIPPED.</summary>
public static class UnbuiltSteps
{
    public const string Infrastructure = "TERRAFORM_ENABLED";
    public const string Deployment = "DEPLOYMENT_ENABLED";
    public const string Dns = "DNS_ENABLED";

    /// <summary>Nobody is to believe that such a step runs: who switches one on is told at start.</summary>
    /// <exception cref="SettingException">One of them is true, or no flag.</exception>
    public static void RequireOff(SettingsReader settings, params ReadOnlySpan<string> switches)
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
