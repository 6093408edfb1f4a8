using ControlPlane.Settings;

namespace Worker.Systems.Keycloak;

/// <summary>
/// Keycloak's admin API, as the service account that <c>setup</c> made (<c>KEYCLOAK_ADMIN_CLIENT_ID</c> and
/// <c>_SECRET</c>) or, not in Production, as an administrator with name and password.
/// </summary>
/// <param name="Url">
/// Verbatim: tokens are trusted by their <c>iss</c>, which begins with it. No slash at its end.
/// </param>
/// <param name="Realm">The realm that <paramref name="ClientId"/> and <paramref name="Username"/> belong to.</param>
/// <param name="TenantAdminRoles">Roles of <c>realm-management</c> for a tenant's first administrator.</param>
public sealed record KeycloakOptions(
    string Url,
    string Realm,
    string ClientId,
    string? ClientSecret,
    string? Username,
    string? Password,
    IReadOnlyList<string> TenantAdminRoles)
{
    /// <summary>
    /// Longer than Keycloak takes for a realm when it holds hundreds, shorter than any start-to-close.
    /// </summary>
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Null where Keycloak is switched off (<c>KEYCLOAK_ENABLED</c>, by default on when it has an address).
    /// </summary>
    public static KeycloakOptions? From(SettingsReader settings)
    {
        if (!settings.Flag("KEYCLOAK_ENABLED", settings.Find("KEYCLOAK_URL") is not null))
        {
            return null;
        }

        string url = settings.RequireUrl("KEYCLOAK_URL").OriginalString;
        string? secret = settings.Find("KEYCLOAK_ADMIN_CLIENT_SECRET");
        string? password = settings.Find("KEYCLOAK_ADMIN_PASSWORD");
        if (settings.IsProduction && password is not null)
        {
            throw new SettingException("KEYCLOAK_ADMIN_PASSWORD", "a password",
                "nothing in Production: run `setup` once and give KEYCLOAK_ADMIN_CLIENT_ID and _CLIENT_SECRET");
        }

        if (secret is null && (password is null || settings.Find("KEYCLOAK_ADMIN_USERNAME") is null))
        {
            throw new MissingSettingException("KEYCLOAK_ADMIN_CLIENT_SECRET", settings.IsProduction
                ? "the secret of the service account that `setup` made"
                : "the service account's secret, or KEYCLOAK_ADMIN_USERNAME and KEYCLOAK_ADMIN_PASSWORD");
        }

        return new KeycloakOptions(
            url,
            settings.Text("KEYCLOAK_REALM", "master"),
            settings.Text("KEYCLOAK_ADMIN_CLIENT_ID", "admin-cli"),
            secret,
            settings.Find("KEYCLOAK_ADMIN_USERNAME"),
            password,
            settings.Text("TENANT_ADMIN_ROLES", "realm-admin")
                .Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }
}
