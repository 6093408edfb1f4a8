using ControlPlane.Settings;

namespace ControlPlane.Tenants;

/// <summary>The installation's rules for keys of new tenants.</summary>
/// <param name="MaxLength">
/// <c>TENANT_KEY_MAX_LENGTH</c>: the maximum length, 10 by default, at most 50.
/// </param>
/// <param name="Reserved"><c>RESERVED_KEYS</c>: keys that are reserved beside the built-in ones.</param>
public sealed record TenantKeyOptions(int MaxLength, params IReadOnlyList<string> Reserved)
{
    public static TenantKeyOptions From(SettingsReader settings)
    {
        int maxLength = settings.Number(
            "TENANT_KEY_MAX_LENGTH", TenantKey.MaxLength, TenantKey.MinLength, TenantKey.MaxConfigurableLength);
        string[] reserved = (settings.Find("RESERVED_KEYS") ?? "").Split(
            [',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return reserved.FirstOrDefault(word => !TenantKey.HasForm(word)) is { } wrong
            ? throw new SettingException("RESERVED_KEYS", $"'{wrong}'",
                "keys of a to z and 0 to 9 that begin with a letter, separated by comma or space")
            : new TenantKeyOptions(maxLength, reserved);
    }

    /// <summary>Parses the key of a new tenant.</summary>
    /// <exception cref="ControlPlaneException">The text is not a key, or is reserved.</exception>
    public TenantKey Parse(string? text)
    {
        var key = TenantKey.Parse(text, maxLength: MaxLength);
        return Reserved.Contains(key.Value) ? throw TenantKey.Reserved(key, "key") : key;
    }
}
