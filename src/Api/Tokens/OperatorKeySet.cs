using System.Text.Json;
using ControlPlane;
using Microsoft.IdentityModel.Tokens;

namespace Api.Tokens;

/// <summary>
/// Caches the public keys of the operators' realm. They are fetched on first use, when they are an hour old, and for an
/// unknown key id; for the latter at most every 30 seconds, so that made-up key ids cause no traffic. While they cannot
/// be fetched, known keys are used for a day, so that the operators' API does not fail with its issuer.
/// </summary>
public sealed partial class OperatorKeySet(
    OperatorTokenOptions options, TimeProvider time, ILogger<OperatorKeySet> logger) : IDisposable
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);
    private static readonly TimeSpan MaxAgeWhileUnreachable = TimeSpan.FromDays(1);
    private static readonly TimeSpan MinUnknownKeyInterval = TimeSpan.FromSeconds(30);

    /// <summary>The delay after a failed fetch, so that calls do not queue while the realm is unreachable.</summary>
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

    private readonly SemaphoreSlim fetchLock = new(1, 1);
    private volatile KeySet? cached;
    private DateTimeOffset? failedAt;

    /// <returns>The key, or null if the realm has no signing key with this id.</returns>
    /// <exception cref="ControlPlaneException"><c>unavailable</c>: the key set cannot be fetched.</exception>
    public async Task<SecurityKey?> FindAsync(string keyId, CancellationToken cancellationToken)
    {
        if (FindFresh() is { } keys && keys.Keys.TryGetValue(keyId, out var key))
        {
            return key;
        }

        await fetchLock.WaitAsync(cancellationToken);
        try
        {
            // Another call may have fetched the keys while this one waited for the lock.
            var now = time.GetUtcNow();
            if (now - failedAt < MinUnknownKeyInterval && FindKept(keyId) is { } kept)
            {
                return kept;
            }

            if (FindFresh() is not { } current
                || (!current.Keys.ContainsKey(keyId) && now - current.FetchedAt >= MinUnknownKeyInterval))
            {
                cached = await RefreshAsync(now, cancellationToken);
            }

            return cached!.Keys.GetValueOrDefault(keyId);
        }
        catch (ControlPlaneException) when (FindKept(keyId) is not null)
        {
            LogKept(cached!.FetchedAt);
            return FindKept(keyId);
        }
        finally
        {
            fetchLock.Release();
        }
    }

    public void Dispose()
    {
        http.Dispose();
        fetchLock.Dispose();
    }

    private KeySet? FindFresh() => cached is { } keys && time.GetUtcNow() - keys.FetchedAt < MaxAge ? keys : null;

    private SecurityKey? FindKept(string keyId) =>
        cached is { } keys && time.GetUtcNow() - keys.FetchedAt < MaxAgeWhileUnreachable
            ? keys.Keys.GetValueOrDefault(keyId)
            : null;

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
            // Read the clock again: a fetch that timed out took longer than the retry delay.
            failedAt = time.GetUtcNow();
            LogUnreachable(e.Message);
            throw Unavailable();
        }
    }

    private static ControlPlaneException Unavailable() => new(ErrorCode.Unavailable,
        "The operators' key set cannot be fetched. Try again in a moment.");

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
            && (url.Scheme == "https" || (url.Scheme == "http" && (url.IsLoopback || !options.RequiresTls)))
                ? url
                : throw new JsonException(options.RequiresTls
                    ? "jwks_uri is not an https address"
                    : "jwks_uri is not an http or https address");
    }

    [LoggerMessage(3, LogLevel.Warning, "The operators' key set cannot be fetched: {Reason}")]
    private partial void LogUnreachable(string reason);

    [LoggerMessage(8, LogLevel.Warning,
        "The operators' keys of {FetchedAt} stay in use, for at most a day, since newer ones cannot be fetched")]
    private partial void LogKept(DateTimeOffset fetchedAt);

    private sealed record KeySet(IReadOnlyDictionary<string, SecurityKey> Keys, DateTimeOffset FetchedAt);
}
