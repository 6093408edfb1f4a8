namespace Sandbox.Novu;

public sealed record NovuOptions
{
    /// <summary>What callers send as Authorization: ApiKey …</summary>
    public string ApiKey { get; init; } = "sandbox-novu-api-key";

    /// <summary>
    /// Limits as in Novu's cloud, free plan: 60 triggers, 20 configuration calls, 30 others a second, with their
    /// headers.
    /// Off by default, as in a self-hosted Novu.
    /// </summary>
    public bool RateLimits { get; init; }
}
