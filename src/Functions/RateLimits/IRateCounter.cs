namespace Functions.RateLimits;

/// <summary>Counts events by a key in windows that begin with the first event.</summary>
public interface IRateCounter
{
    /// <summary>Counts one more.</summary>
    ValueTask<RateCount> AddAsync(string key, TimeSpan window, CancellationToken cancellationToken);
}

/// <param name="Count">Of this window, this one included.</param>
/// <param name="EndsIn">When the window ends.</param>
public readonly record struct RateCount(long Count, TimeSpan EndsIn);
