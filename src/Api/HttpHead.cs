using Api.RateLimits;

namespace Api;

/// <summary>The head that serves the API.</summary>
/// <param name="HidesClientAddress">
/// The caller's address and <c>X-Forwarded-For</c> do not arrive, as in a worker of the Functions host. Every caller
/// has the host's own address, unless a gateway writes the caller's into another header.
/// </param>
public sealed record HttpHead(bool HidesClientAddress)
{
    /// <summary>All callers would share one limit.</summary>
    public bool CountsCallersAsOne(RateLimitOptions options) =>
        HidesClientAddress && options is { PerAddress: > 0, ClientAddressHeader: null };
}
