using System.Globalization;
using ControlPlane.Leads;

namespace ControlPlane.Settings;

/// <summary>The product as its customers know it: on the pages and in the mails.</summary>
/// <param name="Name"><c>BRAND_NAME</c>; null: pages name no product, and mails name the public address.</param>
/// <param name="LogoUrl"><c>BRAND_LOGO_URL</c>: an https address of an image; null: no logo.</param>
/// <param name="SupportEmail"><c>BRAND_SUPPORT_EMAIL</c>: the address for questions; null: none is shown.</param>
public sealed record Brand(string? Name, Uri? LogoUrl, string? SupportEmail)
{
    private const int MaxNameLength = 60;

    /// <exception cref="SettingException">A value is invalid.</exception>
    public static Brand From(SettingsReader settings) => new(
        FindName(settings), FindLogo(settings), FindSupportEmail(settings));

    private static string? FindName(SettingsReader settings)
    {
        string? name = settings.Find("BRAND_NAME") is { } text ? VisibleText.Trim(text) : null;
        return name is null || (name.Length <= MaxNameLength && VisibleText.IsVisible(name)
            && !name.Any(char.IsControl) && name.IndexOfAny(['<', '>', '{', '}']) < 0)
                ? name
                : throw new SettingException("BRAND_NAME",
                    string.Create(CultureInfo.InvariantCulture, $"{name.Length} characters that are no such name"),
                    string.Create(CultureInfo.InvariantCulture,
                        $"a visible name of at most {MaxNameLength} characters without <, >, {{ and }}"));
    }

    // Mail programs and browsers show no http image on an https page.
    private static Uri? FindLogo(SettingsReader settings) => settings.FindUrl("BRAND_LOGO_URL") is not { } url
        ? null
        : url.Scheme == Uri.UriSchemeHttps
            ? url
            : throw new SettingException("BRAND_LOGO_URL", "an http address",
                "the https address of an image, such as https://www.example.com/logo.png");

    private static string? FindSupportEmail(SettingsReader settings)
    {
        const string Name = "BRAND_SUPPORT_EMAIL";
        try
        {
            return settings.Find("BRAND_SUPPORT_EMAIL") is { } text ? EmailAddress.ParseStored(text, Name).Value : null;
        }
        catch (ControlPlaneException)
        {
            throw new SettingException(Name, "something that is no such address",
                "an email address such as support@example.com");
        }
    }
}
