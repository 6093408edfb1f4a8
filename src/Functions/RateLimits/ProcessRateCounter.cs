namespace Functions.RateLimits;

/// <summary>
/// Counts in this process alone. What it remembers is bounded for each kind of key by itself, so that a flood of one
/// kind (addresses are cheap) makes no limit of another kind begin anew. Where a kind has no room left, those that
/// have counted least are forgotten first: to free somebody who is at a limit, as many others must get as far.
/// </summary>
public sealed class ProcessRateCounter(TimeProvider time) : IRateCounter
{
    /// <summary>Of one kind: the keys that begin alike, up to their colon.</summary>
    public const int MaxKeys = 50_000;

    /// <summary>Looking for room takes as long as there are keys; after it there is enough for a while.</summary>
    private const int MinRoom = MaxKeys / 8;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Dictionary<string, Window>> kinds = new(StringComparer.Ordinal);

    public ValueTask<RateCount> AddAsync(string key, TimeSpan window, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            var windows = KindOf(key);
            if (!windows.TryGetValue(key, out var current))
            {
                MakeRoom(windows, now);
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

    // The kinds are our own words, not the callers'.
    private Dictionary<string, Window> KindOf(string key)
    {
        string kind = key.Split(':', 2)[0];
        return kinds.TryGetValue(kind, out var windows)
            ? windows
            : kinds[kind] = new Dictionary<string, Window>(StringComparer.Ordinal);
    }

    private static void MakeRoom(Dictionary<string, Window> windows, DateTimeOffset now)
    {
        if (windows.Count < MaxKeys)
        {
            return;
        }

        foreach (string ended in windows.Where(pair => pair.Value.EndsAt <= now).Select(pair => pair.Key).ToList())
        {
            windows.Remove(ended);
        }

        var least = windows.OrderBy(pair => pair.Value.Count).ThenBy(pair => pair.Value.EndsAt);
        foreach (string key in least.Select(pair => pair.Key).Take(windows.Count - (MaxKeys - MinRoom)).ToList())
        {
            windows.Remove(key);
        }
    }

    private readonly record struct Window(long Count, DateTimeOffset EndsAt);
}
