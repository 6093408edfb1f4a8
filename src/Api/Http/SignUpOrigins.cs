using ControlPlane.Settings;

namespace Api.Http;

/// <param name="All">
/// <c>CORS_ORIGINS</c>: the origins whose pages may call the routes of a sign-up; none by default.
/// </param>
public sealed record SignUpOrigins(IReadOnlyList<string> All)
{
    private const string Name = "CORS_ORIGINS";

    /// <exception cref="SettingException">
    /// An entry is no origin, as browsers write it, or not https in Production.
    /// </exception>
    public static SignUpOrigins From(SettingsReader settings)
    {
        string[] origins = (settings.Find(Name) ?? "").Split(
            [',', ' '], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (string origin in origins)
        {
            if (!IsOrigin(origin))
            {
                throw new SettingException(Name, $"'{origin}'",
                    "exact origins such as https://www.example.com, separated by comma or space: in lower case, "
                    + "without path, slash at the end, wildcard or default port");
            }

            if (settings.IsProduction && !origin.StartsWith("https:", StringComparison.Ordinal))
            {
                throw new SettingException(Name, $"'{origin}' in Production", "origins with https");
            }
        }

        return new SignUpOrigins(origins);
    }

    // Browsers compare with this form: https://www.rfc-editor.org/rfc/rfc6454#section-6.2
    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url.Scheme is "http" or "https"
        && text == $"{url.Scheme}://{Host(url)}{(url.IsDefaultPort ? "" : $":{url.Port}")}";

    private static string Host(Uri url) => url.HostNameType == UriHostNameType.IPv6 ? url.Host : url.IdnHost;
}
