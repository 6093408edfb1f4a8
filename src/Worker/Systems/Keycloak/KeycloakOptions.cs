using ControlPlane.Settings;

namespace Worker.Systems.Keycloak;

/// <summary>
/// The access to Keycloak's admin API: as the service account that <c>setup</c> creates
/// (<c>KEYCLOAK_ADMIN_CLIENT_ID</c> and <c>_SECRET</c>) or, except in Production, as an administrator with a password.
/// </summary>
/// <param name="Url">
/// Used verbatim, without a trailing slash, since the <c>iss</c> claim of tokens must begin with it.
/// </param>
/// <param name="Realm">The realm that <paramref name="ClientId"/> and <paramref name="Username"/> belong to.</param>
/// <param name="TenantAdminRoles">The roles of <c>realm-management</c> for a tenant's admin user.</param>
public sealed record KeycloakOptions(
    string Url,
    string Realm,
    string ClientId,
    string? ClientSecret,
    string? Username,
    string? Password,
    IReadOnlyList<string> TenantAdminRoles)
{
    public const string Switch = "KEYCLOAK_ENABLED";

    /// <summary>
    /// Longer than the creation of a realm takes when Keycloak has hundreds, and shorter than the start-to-close
    /// timeout of any step.
    /// </summary>
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Reads the settings; null when Keycloak is switched off (<c>KEYCLOAK_ENABLED</c>, by default on with an address).
    /// </summary>
    public static KeycloakOptions? From(SettingsReader settings)
    {
        if (!settings.Flag(Switch, settings.Find("KEYCLOAK_URL") is not null))
        {
            return null;
        }

        string url = settings.RequireSecureUrl("KEYCLOAK_URL").OriginalString;
        string? secret = settings.Find("KEYCLOAK_ADMIN_CLIENT_SECRET");
        string? password = settings.Find("KEYCLOAK_ADMIN_PASSWORD");
        if (settings.IsProduction && password is not null)
        {
            throw new SettingException("KEYCLOAK_ADMIN_PASSWORD", "a password",
                "nothing in Production: run `setup` once and set KEYCLOAK_ADMIN_CLIENT_ID and _CLIENT_SECRET");
        }

        if (secret is null && (password is null || settings.Find("KEYCLOAK_ADMIN_USERNAME") is null))
        {
            throw new MissingSettingException("KEYCLOAK_ADMIN_CLIENT_SECRET", settings.IsProduction
                ? "the secret of the service account that `setup` created"
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
