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
    private const string Add =
        """
        local count = redis.call('INCR', KEYS[1])
        if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
        return {count, redis.call('PTTL', KEYS[1])}
        """;

    private const string Read =
        """
        return {tonumber(redis.call('GET', KEYS[1]) or '0'), redis.call('PTTL', KEYS[1])}
        """;

    private readonly Lazy<Task<ConnectionMultiplexer>> connection = new(() =>
        ConnectionMultiplexer.ConnectAsync(options.Configuration));

    private int isUnreachable;

    public async ValueTask<RateCount> AddAsync(string key, TimeSpan window, CancellationToken cancellationToken) =>
        await FindAsync(Add, key, [(long)window.TotalMilliseconds], cancellationToken)
        ?? await fallback.AddAsync(key, window, cancellationToken);

    public async ValueTask<RateCount> ReadAsync(string key, CancellationToken cancellationToken) =>
        await FindAsync(Read, key, [], cancellationToken) is { } count
            ? count.Count == 0 ? default : count
            : await fallback.ReadAsync(key, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (connection.IsValueCreated && connection.Value.IsCompletedSuccessfully)
        {
            await (await connection.Value).DisposeAsync();
        }
    }

    /// <returns>The count, or null while Redis is unreachable.</returns>
    private async Task<RateCount?> FindAsync(
        string script, string key, RedisValue[] values, CancellationToken cancellationToken)
    {
        try
        {
            var redis = await connection.Value.WaitAsync(cancellationToken);
            var answer = (RedisResult[])(await redis.GetDatabase().ScriptEvaluateAsync(
                script, [$"arc-saas:rate:{key}"], values))!;
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

            return null;
        }
    }

    [LoggerMessage(4, LogLevel.Warning, "Redis is unreachable ({Reason}): this process counts sign-ups on its own.")]
    private partial void LogUnreachable(string reason);

    [LoggerMessage(5, LogLevel.Information, "Redis is reachable again: all processes share the sign-up counts.")]
    private partial void LogReachable();
}
