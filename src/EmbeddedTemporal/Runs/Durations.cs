namespace EmbeddedTemporal.Runs;

/// <summary>Protobuf's durations, where absent and zero both mean "not set".</summary>
internal static class Durations
{
    public static TimeSpan OrZero(this Duration? duration) => duration?.ToTimeSpan() ?? TimeSpan.Zero;

    public static bool IsSet(this Duration? duration) => duration.OrZero() > TimeSpan.Zero;

    /// <summary>The moment so long after another one; null when the duration is not set.</summary>
    public static DateTimeOffset? After(this Duration? duration, DateTimeOffset start) =>
        duration.IsSet() ? start + duration!.ToTimeSpan() : null;

    public static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || other < one ? other : one;

    public static Timestamp ToTimestamp(this DateTimeOffset time) => Timestamp.FromDateTimeOffset(time);
}
