using ControlPlane.Settings;

namespace Functions.RateLimits;

/// <param name="PerAddress">
/// <c>LEADS_RATE_LIMIT</c>: sign-ups a minute from one address, 10; 0 switches all limits off.
/// </param>
/// <param name="TrustedProxyHops"><c>TRUSTED_PROXY_HOPS</c>: how many proxies of ours stand in front, 0.</param>
public sealed record RateLimitOptions(int PerAddress, int TrustedProxyHops)
{
    public static RateLimitOptions From(SettingsReader settings) => new(
        settings.Number("LEADS_RATE_LIMIT", 10, 0, 1_000_000),
        settings.Number("TRUSTED_PROXY_HOPS", 0, 0, 10));
}
