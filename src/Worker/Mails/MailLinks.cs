using ControlPlane.Settings;
using Worker.Systems.Keycloak;

namespace Worker.Mails;

/// <summary>The base URLs of the links in mails.</summary>
/// <param name="PublicBaseUrl">The control plane's own pages, without a trailing slash.</param>
/// <param name="AppPlaneBaseUrl">A tenant's application; <c>{tenant}</c> is the placeholder for the key.</param>
/// <param name="KeycloakUrl">The Keycloak server; null when Keycloak is not configured.</param>
public sealed record MailLinks(string PublicBaseUrl, string AppPlaneBaseUrl, string? KeycloakUrl)
{
    public static MailLinks From(SettingsReader settings) => new(
        settings.RequireUrl("PUBLIC_BASE_URL").OriginalString,
        settings.TextRequiredInProduction("APP_PLANE_BASE_URL", "https://{tenant}.app.example.com"),
        KeycloakOptions.From(settings)?.Url);
}
