namespace Api.RateLimits;

/// <summary>
/// Counts in the memory of this process. Each kind of key has its own capacity, so that a flood of one kind (addresses
/// are cheap) cannot reset the limits of another kind. If a kind is full, the keys with the lowest counts are evicted
/// first: to reset one key, an attacker must raise the other keys of a full kind to the same count.
/// </summary>
public sealed class ProcessRateCounter(TimeProvider time) : IRateCounter
{
    /// <summary>The capacity of one kind of keys. The kind of a key is its part before the colon.</summary>
    public const int MaxKeys = 50_000;

    /// <summary>Eviction scans all keys of a kind, so it frees many places at once.</summary>
    private const int EvictionSize = MaxKeys / 8;

    private readonly Lock sync = new();
    private readonly Dictionary<string, Dictionary<string, Window>> windowsByKind = new(StringComparer.Ordinal);

    public ValueTask<RateCount> AddAsync(string key, TimeSpan window, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        lock (sync)
        {
            var windows = WindowsFor(key);
            if (!windows.TryGetValue(key, out var current))
            {
                EvictIfFull(windows, now);
            }

            if (current.EndsAt <= now)
            {
                current = new Window(0, now + window);
            }

            current = current with { Count = current.Count + 1 };
            windows[key] = current;
            return new(new RateCount(current.Count, current.EndsAt - now));
        }
    }

    public ValueTask<RateCount> ReadAsync(string key, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        lock (sync)
        {
            return new(WindowsFor(key).TryGetValue(key, out var current) && current.EndsAt > now
                ? new RateCount(current.Count, current.EndsAt - now)
                : default);
        }
    }

    // The kinds come from our own code and never from a caller, so their number is bounded.
    private Dictionary<string, Window> WindowsFor(string key)
    {
        string kind = key.Split(':', 2)[0];
        return windowsByKind.TryGetValue(kind, out var windows)
            ? windows
            : windowsByKind[kind] = new Dictionary<string, Window>(StringComparer.Ordinal);
    }

    private static void EvictIfFull(Dictionary<string, Window> windows, DateTimeOffset now)
    {
        if (windows.Count < MaxKeys)
        {
            return;
        }

        foreach (string ended in windows.Where(pair => pair.Value.EndsAt <= now).Select(pair => pair.Key).ToList())
        {
            windows.Remove(ended);
        }

        var lowestFirst = windows.OrderBy(pair => pair.Value.Count).ThenBy(pair => pair.Value.EndsAt);
        int excess = windows.Count - (MaxKeys - EvictionSize);
        foreach (string key in lowestFirst.Select(pair => pair.Key).Take(excess).ToList())
        {
            windows.Remove(key);
        }
    }

    private readonly record struct Window(long Count, DateTimeOffset EndsAt);
}
