using ControlPlane.Settings;

namespace ControlPlane.Tenants;

/// <param name="MaxLength">
/// <c>TENANT_KEY_MAX_LENGTH</c>: the maximum length of a new tenant's key, 10 by default, at most 50.
/// </param>
public sealed record TenantKeyOptions(int MaxLength)
{
    public static TenantKeyOptions From(SettingsReader settings) => new(settings.Number(
        "TENANT_KEY_MAX_LENGTH", TenantKey.MaxLength, TenantKey.MinLength, TenantKey.MaxConfigurableLength));
}
