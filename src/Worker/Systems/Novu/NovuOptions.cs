using ControlPlane.Settings;

namespace Worker.Systems.Novu;

/// <summary>The Novu instance that sends the mails, and the ids of its workflows.</summary>
public sealed record NovuOptions(
    Uri BackendUrl,
    string ApiKey,
    string WelcomeTemplate,
    string ProvisioningFailedTemplate,
    string LeadVerificationTemplate)
{
    public const string Switch = "NOVU_ENABLED";

    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Reads the settings; null when Novu is switched off (<c>NOVU_ENABLED</c>, by default on with a key).
    /// </summary>
    public static NovuOptions? From(SettingsReader settings) =>
        !settings.Flag(Switch, settings.Find("NOVU_API_KEY") is not null)
            ? null
            : new NovuOptions(
                settings.FindSecureUrl("NOVU_BACKEND_URL") ?? new Uri("https://api.novu.co"),
                settings.Require("NOVU_API_KEY", "Novu's secret key"),
                settings.Text("NOVU_TEMPLATE_WELCOME", "tenant-welcome"),
                settings.Text("NOVU_TEMPLATE_PROVISIONING_FAILED", "tenant-provisioning-failed"),
                settings.Text("NOVU_TEMPLATE_LEAD_VERIFICATION", "lead-verification"));
}
