using System.Text.Json;
using ControlPlane;
using Microsoft.IdentityModel.Tokens;

namespace Functions.Tokens;

/// <summary>
/// The public keys of the operators' realm, fetched when first needed, every hour, and when a key is unknown: but then
/// at most twice a minute, so that made-up key ids make no traffic.
/// </summary>
public sealed partial class OperatorKeySet(
    OperatorTokenOptions options, TimeProvider time, ILogger<OperatorKeySet> logger) : IDisposable
{
    private static readonly TimeSpan Freshness = TimeSpan.FromHours(1);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    /// <summary>After a failure, so that calls do not queue up behind a realm that is away.</summary>
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly HttpClient http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = TimeSpan.FromSeconds(5),
        MaxResponseContentBufferSize = 256 * 1024,
    };

    private readonly SemaphoreSlim fetching = new(1, 1);
    private volatile KeySet? known;
    private DateTimeOffset? failedAt;

    /// <returns>Null where the realm has no such key for signatures.</returns>
    /// <exception cref="ControlPlaneException"><c>unavailable</c>: the key set cannot be fetched.</exception>
    public async Task<SecurityKey?> FindAsync(string keyId, CancellationToken cancellationToken)
    {
        if (Fresh() is { } keys && keys.Keys.TryGetValue(keyId, out var key))
        {
            return key;
        }

        await fetching.WaitAsync(cancellationToken);
        try
        {
            // Somebody else may have fetched while this call waited.
            var now = time.GetUtcNow();
            if (Fresh() is not { } current || (!current.Keys.ContainsKey(keyId) && now - current.FetchedAt >= Pause))
            {
                known = await RefreshAsync(now, cancellationToken);
            }

            return known!.Keys.GetValueOrDefault(keyId);
        }
        finally
        {
            fetching.Release();
        }
    }

    public void Dispose()
    {
        http.Dispose();
        fetching.Dispose();
    }

    private KeySet? Fresh() => known is { } keys && time.GetUtcNow() - keys.FetchedAt < Freshness ? keys : null;

    private async Task<KeySet> RefreshAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (now - failedAt < RetryDelay)
        {
            throw Unavailable();
        }

        try
        {
            return new KeySet(await FetchAsync(cancellationToken), now);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or ArgumentException
            or KeyNotFoundException or InvalidOperationException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Counted from now: a fetch that timed out has taken longer than the breath.
            failedAt = time.GetUtcNow();
            LogUnreachable(e.Message);
            throw Unavailable();
        }
    }

    private static ControlPlaneException Unavailable() => new(ErrorCode.Unavailable,
        "The operators' key set cannot be fetched right now. Call again in a moment.");

    private async Task<Dictionary<string, SecurityKey>> FetchAsync(CancellationToken cancellationToken)
    {
        var address = options.KeySetUrl ?? await DiscoverAsync(cancellationToken);
        var set = JsonWebKeySet.Create(await http.GetStringAsync(address, cancellationToken));
        return set.Keys
            .Where(key => key is { Kty: "RSA", Kid.Length: > 0 } && key.Use is null or "sig")
            .ToDictionary(key => key.Kid, key => (SecurityKey)key, StringComparer.Ordinal);
    }

    private async Task<Uri> DiscoverAsync(CancellationToken cancellationToken)
    {
        using var document = JsonDocument.Parse(
            await http.GetStringAsync($"{options.Issuer}/.well-known/openid-configuration", cancellationToken));
        return Uri.TryCreate(document.RootElement.GetProperty("jwks_uri").GetString(), UriKind.Absolute, out var url)
            && url.Scheme is "http" or "https"
                ? url
                : throw new JsonException("jwks_uri is no http or https address");
    }

    [LoggerMessage(3, LogLevel.Warning, "The operators' key set cannot be fetched: {Reason}")]
    private partial void LogUnreachable(string reason);

    private sealed record KeySet(IReadOnlyDictionary<string, SecurityKey> Keys, DateTimeOffset FetchedAt);
}
