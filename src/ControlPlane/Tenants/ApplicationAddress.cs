using ControlPlane.Settings;

namespace ControlPlane.Tenants;

/// <summary>The address of the applications that the installation runs for its tenants.</summary>
/// <param name="BaseUrl">
/// <c>APP_PLANE_BASE_URL</c> without a trailing slash; <c>{tenant}</c> is the placeholder for the key. Null: the
/// installation runs none, or the process does not know it.
/// </param>
public sealed record ApplicationAddress(string? BaseUrl)
{
    private const string Name = "APP_PLANE_BASE_URL", Example = "https://{tenant}.app.example.com",
        Placeholder = "{tenant}";

    /// <exception cref="SettingException">The value is no such address.</exception>
    public static ApplicationAddress From(SettingsReader settings)
    {
        string? text = settings.Find("APP_PLANE_BASE_URL") ?? (settings.IsProduction ? null : Example);
        return text is null || (IsAddress(text) && !text.Contains('*', StringComparison.Ordinal))
            ? new ApplicationAddress(text?.TrimEnd('/'))
            : throw new SettingException(Name, "something that is no such address",
                $"an absolute http or https address without query and fragment, such as {Example}");
    }

    /// <summary>Returns the address of one tenant's application; null if there is no base address.</summary>
    public string? For(TenantKey key) => BaseUrl is null ? null : Fill(BaseUrl, key.Value);

    /// <summary>Whether the text, with the key in its place, is an http or https address.</summary>
    public static bool IsAddress(string text)
    {
        string filled = Fill(text, "key");
        return !filled.Contains('{', StringComparison.Ordinal)
            && Uri.TryCreate(filled, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            && url.Query.Length == 0 && url.Fragment.Length == 0 && url.UserInfo.Length == 0;
    }

    /// <summary>Puts the key in the place of <c>{tenant}</c>.</summary>
    public static string Fill(string text, string key) =>
        text.Replace(Placeholder, key, StringComparison.OrdinalIgnoreCase);
}
