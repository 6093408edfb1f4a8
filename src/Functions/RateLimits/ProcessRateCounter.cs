namespace Functions.RateLimits;

/// <summary>Counts in this process alone; what it remembers is bounded.</summary>
public sealed class ProcessRateCounter(TimeProvider time) : IRateCounter
{
    private const int MostKeys = 100_000;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Window> windows = new(StringComparer.Ordinal);

    public ValueTask<RateCount> AddAsync(string key, TimeSpan window, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            if (!windows.TryGetValue(key, out var current) || current.EndsAt <= now)
            {
                MakeRoom(now);
                current = new Window(0, now + window);
            }

            current = current with { Count = current.Count + 1 };
            windows[key] = current;
            return new(new RateCount(current.Count, current.EndsAt - now));
        }
    }

    private void MakeRoom(DateTimeOffset now)
    {
        if (windows.Count < MostKeys)
        {
            return;
        }

        foreach (string ended in windows.Where(pair => pair.Value.EndsAt <= now).Select(pair => pair.Key).ToList())
        {
            windows.Remove(ended);
        }

        // So many callers at once are no longer told apart; the limit over all mails still holds.
        if (windows.Count >= MostKeys)
        {
            windows.Clear();
        }
    }

    private readonly record struct Window(long Count, DateTimeOffset EndsAt);
}
