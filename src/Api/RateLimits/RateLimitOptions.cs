using System.Buffers;
using ControlPlane.Settings;

namespace Api.RateLimits;

/// <param name="PerAddress">
/// <c>LEADS_RATE_LIMIT</c>: sign-ups per minute and address, 10 by default; 0 disables all limits.
/// </param>
/// <param name="TrustedProxyHops">
/// <c>TRUSTED_PROXY_HOPS</c>: the number of trusted proxies in front of the functions, 0 by default. It counts entries
/// of <c>X-Forwarded-For</c>.
/// </param>
/// <param name="ClientAddressHeader">
/// <c>CLIENT_ADDRESS_HEADER</c>: the header that carries only the caller's address, and that only the gateway sets;
/// null by default and for <c>X-Forwarded-For</c>, which <paramref name="TrustedProxyHops"/> interprets.
/// </param>
public sealed record RateLimitOptions(int PerAddress, int TrustedProxyHops, string? ClientAddressHeader)
{
    public const string ForwardedFor = "X-Forwarded-For";

    private const string HeaderName = "CLIENT_ADDRESS_HEADER";

    // The characters of a token: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2
    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    public static RateLimitOptions From(SettingsReader settings) => new(
        settings.Number("LEADS_RATE_LIMIT", 10, 0, 1_000_000),
        settings.Number("TRUSTED_PROXY_HOPS", 0, 0, 10),
        FindHeader(settings));

    private static string? FindHeader(SettingsReader settings)
    {
        string name = settings.Text(HeaderName, ForwardedFor);
        if (name.AsSpan().ContainsAnyExcept(TokenCharacters))
        {
            throw new SettingException(HeaderName, $"'{name}'", "the name of a header, such as X-Client-Address");
        }

        return name.Equals(ForwardedFor, StringComparison.OrdinalIgnoreCase) ? null : name;
    }
}
