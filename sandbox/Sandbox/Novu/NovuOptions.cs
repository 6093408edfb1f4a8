namespace Sandbox.Novu;

public sealed record NovuOptions
{
    /// <summary>API key that callers send in the header Authorization: ApiKey …</summary>
    public string ApiKey { get; init; } = "sandbox-novu-api-key";

    /// <summary>
    /// Whether the rate limits of Novu's cloud (free plan) apply, with their headers: per second 60 triggers, 20
    /// configuration calls and 30 other calls. Off by default, as in a self-hosted Novu.
    /// </summary>
    public bool RateLimits { get; init; }
}
