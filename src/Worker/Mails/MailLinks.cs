using ControlPlane.Settings;
using Worker.Systems.Keycloak;

namespace Worker.Mails;

/// <summary>Where the links in mails lead.</summary>
/// <param name="PublicBaseUrl">The control plane's own pages; without a slash at its end.</param>
/// <param name="AppPlaneBaseUrl">A tenant's application; <c>{tenant}</c> stands for the key.</param>
/// <param name="KeycloakUrl">Null where Keycloak is off.</param>
public sealed record MailLinks(string PublicBaseUrl, string AppPlaneBaseUrl, string? KeycloakUrl)
{
    public static MailLinks From(SettingsReader settings) => new(
        settings.RequireUrl("PUBLIC_BASE_URL").OriginalString,
        settings.TextOfOurs("APP_PLANE_BASE_URL", "https://{tenant}.app.example.com"),
        KeycloakOptions.From(settings)?.Url);
}
