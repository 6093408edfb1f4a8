using System.Diagnostics.CodeAnalysis;

namespace EmbeddedTemporal.Engine;

/// <summary>
/// Protobuf's durations, where absent and zero both mean "not set". One that is longer than a hundred years counts as
/// a hundred years, as in Temporal, so that no sum of times falls off the calendar.
/// </summary>
internal static class Durations
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(100 * 365);

    public static TimeSpan OrZero(this Duration? duration) => duration switch
    {
        null => TimeSpan.Zero,
        _ when duration.IsTooLong() => Math.Sign(duration.Seconds) * Longest,
        _ => TimeSpan.FromTicks(
            (duration.Seconds * TimeSpan.TicksPerSecond) + (duration.Nanos / TimeSpan.NanosecondsPerTick)),
    };

    public static bool IsSet(this Duration? duration) => duration.OrZero() > TimeSpan.Zero;

    /// <summary>The duration as it is written down and shown: everybody can compute with it.</summary>
    [return: NotNullIfNotNull(nameof(duration))]
    public static Duration? Capped(this Duration? duration) =>
        duration.IsTooLong() ? Duration.FromTimeSpan(duration.OrZero()) : duration;

    /// <summary>The moment so long after another one; null when the duration is not set.</summary>
    public static DateTimeOffset? After(this Duration? duration, DateTimeOffset start) =>
        duration.IsSet() ? start + duration.OrZero() : null;

    public static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || other < one ? other : one;

    public static Timestamp ToTimestamp(this DateTimeOffset time) => Timestamp.FromDateTimeOffset(time);

    private static bool IsTooLong([NotNullWhen(true)] this Duration? duration) =>
        duration is not null && Math.Abs((decimal)duration.Seconds) > (long)Longest.TotalSeconds;
}
