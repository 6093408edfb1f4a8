using ControlPlane.Settings;

namespace Api.RateLimits;

/// <param name="PerAddress">
/// <c>LEADS_RATE_LIMIT</c>: sign-ups per minute and address, 10 by default; 0 disables all limits.
/// </param>
/// <param name="TrustedProxyHops">
/// <c>TRUSTED_PROXY_HOPS</c>: the number of trusted proxies in front of the functions, 0 by default.
/// </param>
public sealed record RateLimitOptions(int PerAddress, int TrustedProxyHops)
{
    public static RateLimitOptions From(SettingsReader settings) => new(
        settings.Number("LEADS_RATE_LIMIT", 10, 0, 1_000_000),
        settings.Number("TRUSTED_PROXY_HOPS", 0, 0, 10));
}
