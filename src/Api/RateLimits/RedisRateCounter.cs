using ControlPlane.Settings;
using StackExchange.Redis;

namespace Api.RateLimits;

/// <summary>
/// Counts in Redis, shared by all processes. While Redis is unreachable, each process counts on its own; no other
/// function depends on Redis.
/// </summary>
public sealed partial class RedisRateCounter(
    RedisOptions options, ProcessRateCounter fallback, ILogger<RedisRateCounter> logger)
    : IRateCounter, IAsyncDisposable
{
    // Count and expiry are atomic: a key without an expiry would stay limited permanently.
    private const string Script =
        """
        local count = redis.call('INCR', KEYS[1])
        if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
        return {count, redis.call('PTTL', KEYS[1])}
        """;

    private readonly Lazy<Task<ConnectionMultiplexer>> connection = new(() =>
        ConnectionMultiplexer.ConnectAsync(options.Configuration));

    private int isUnreachable;

    public async ValueTask<RateCount> AddAsync(string key, TimeSpan window, CancellationToken cancellationToken)
    {
        try
        {
            var redis = await connection.Value.WaitAsync(cancellationToken);
            var answer = (RedisResult[])(await redis.GetDatabase().ScriptEvaluateAsync(
                Script, [$"arc-saas:rate:{key}"], [(long)window.TotalMilliseconds]))!;
            if (Interlocked.Exchange(ref isUnreachable, 0) == 1)
            {
                LogReachable();
            }

            return new RateCount((long)answer[0], TimeSpan.FromMilliseconds(Math.Max(1, (long)answer[1])));
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            if (Interlocked.Exchange(ref isUnreachable, 1) == 0)
            {
                LogUnreachable(e.GetType().Name);
            }

            return await fallback.AddAsync(key, window, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (connection.IsValueCreated && connection.Value.IsCompletedSuccessfully)
        {
            await (await connection.Value).DisposeAsync();
        }
    }

    [LoggerMessage(4, LogLevel.Warning, "Redis is unreachable ({Reason}): this process counts sign-ups on its own.")]
    private partial void LogUnreachable(string reason);

    [LoggerMessage(5, LogLevel.Information, "Redis is reachable again: all processes share the sign-up counts.")]
    private partial void LogReachable();
}

/// <summary>
/// <c>REDIS_URL</c>: <c>redis://[user:password@]host[:port][/database]</c>, or <c>rediss://</c> with TLS.
/// </summary>
public sealed record RedisOptions(ConfigurationOptions Configuration)
{
    private const string Name = "REDIS_URL";

    /// <returns>The options, or null if no Redis is configured.</returns>
    public static RedisOptions? Find(SettingsReader settings)
    {
        if (settings.Find(Name) is not { } text)
        {
            return null;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("redis" or "rediss")
            || url.Host.Length == 0)
        {
            // The value is not shown: it may contain a password.
            throw new SettingException(Name, "a malformed address", "redis://host:6379");
        }

        string[] user = url.UserInfo.Split(':', 2);
        string path = url.AbsolutePath.Trim('/');
        return new RedisOptions(new ConfigurationOptions
        {
            EndPoints = { { url.Host, url.Port > 0 ? url.Port : 6379 } },
            Ssl = url.Scheme == "rediss",
            User = user is [{ Length: > 0 } name, _] ? Uri.UnescapeDataString(name) : null,
            Password = user.Length == 2 ? Uri.UnescapeDataString(user[1]) : null,
            DefaultDatabase = path.Length == 0 ? 0
                : int.TryParse(path, out int number) ? number
                : throw new SettingException(Name, "a database that is not a number", "redis://host:6379/0"),
            // A sign-up must not wait for an unreachable Redis.
            AbortOnConnectFail = false,
            BacklogPolicy = BacklogPolicy.FailFast,
            ConnectTimeout = 1000,
            AsyncTimeout = 500,
            ClientName = "arc-saas-functions",
        });
    }
}
