using System.Diagnostics.CodeAnalysis;

namespace EmbeddedTemporal.Engine;

/// <summary>
/// Extensions for protobuf durations. Both absent and zero mean "not set". A duration of more than a hundred years
/// counts as a hundred years, as in Temporal, so that no sum of times exceeds the calendar's range.
/// </summary>
internal static class Durations
{
    private static readonly TimeSpan Max = TimeSpan.FromDays(100 * 365);

    public static TimeSpan OrZero(this Duration? duration) => duration switch
    {
        null => TimeSpan.Zero,
        _ when duration.IsTooLong() => Math.Sign(duration.Seconds) * Max,
        _ => TimeSpan.FromTicks(
            (duration.Seconds * TimeSpan.TicksPerSecond) + (duration.Nanos / TimeSpan.NanosecondsPerTick)),
    };

    public static bool IsSet(this Duration? duration) => duration.OrZero() > TimeSpan.Zero;

    /// <summary>The duration to store and to return to clients; every client can calculate with it.</summary>
    [return: NotNullIfNotNull(nameof(duration))]
    public static Duration? Capped(this Duration? duration) =>
        duration.IsTooLong() ? Duration.FromTimeSpan(duration.OrZero()) : duration;

    /// <summary>The start time plus the duration; null if the duration is not set.</summary>
    public static DateTimeOffset? After(this Duration? duration, DateTimeOffset start) =>
        duration.IsSet() ? start + duration.OrZero() : null;

    public static DateTimeOffset? Earlier(DateTimeOffset? first, DateTimeOffset? second) =>
        first is null || second < first ? second : first;

    public static Timestamp ToTimestamp(this DateTimeOffset time) => Timestamp.FromDateTimeOffset(time);

    private static bool IsTooLong([NotNullWhen(true)] this Duration? duration) =>
        duration is not null && Math.Abs((decimal)duration.Seconds) > (long)Max.TotalSeconds;
}
