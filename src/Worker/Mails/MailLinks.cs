using ControlPlane.Settings;
using Worker.Systems.Keycloak;

namespace Worker.Mails;

/// <summary>The base URLs of the links in mails.</summary>
/// <param name="PublicBaseUrl">The control plane's own pages, without a trailing slash.</param>
/// <param name="Applications">The tenants' applications.</param>
/// <param name="KeycloakUrl">The Keycloak server; null when Keycloak is not configured.</param>
public sealed record MailLinks(string PublicBaseUrl, ApplicationAddresses Applications, string? KeycloakUrl)
{
    public static MailLinks From(SettingsReader settings)
    {
        string publicBaseUrl = settings.RequireSecureUrl("PUBLIC_BASE_URL").OriginalString;
        settings.TextRequiredInProduction("APP_PLANE_BASE_URL", "https://{tenant}.app.example.com");
        return new MailLinks(publicBaseUrl, ApplicationAddresses.From(settings), KeycloakOptions.From(settings)?.Url);
    }
}
