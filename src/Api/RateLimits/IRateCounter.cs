namespace Api.RateLimits;

/// <summary>Counts events by key in fixed windows; a window begins with its first event.</summary>
public interface IRateCounter
{
    /// <summary>Counts one event.</summary>
    ValueTask<RateCount> AddAsync(string key, TimeSpan window, CancellationToken cancellationToken);

    /// <summary>Reads a count and counts nothing. Without a current window the count is 0.</summary>
    ValueTask<RateCount> ReadAsync(string key, CancellationToken cancellationToken);
}

/// <param name="Count">The number of events in the current window, this one included if it was added.</param>
/// <param name="EndsIn">The time until the window ends.</param>
public readonly record struct RateCount(long Count, TimeSpan EndsIn);
