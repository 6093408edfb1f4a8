using EmbeddedTemporal.Engine;
using EmbeddedTemporal.Rpc;
using Temporalio.Api.Schedule.V1;

namespace EmbeddedTemporal.Schedules;

/// <summary>
/// The times of a schedule. Each is a multiple of an interval plus its phase, in whole seconds since 1970. The times
/// therefore do not depend on the creation time of the schedule.
/// </summary>
internal sealed class ScheduleTimes(ScheduleSpec spec)
{
    private static readonly long LastSecond = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    /// <summary>The first time after the given one; null if there is none.</summary>
    public DateTimeOffset? After(DateTimeOffset time)
    {
        if (spec.Interval.Count == 0) return null;
        if (spec.StartTime?.ToDateTimeOffset() is { } start && time < start) time = start.AddSeconds(-1);
        var seconds = spec.Interval.Min(interval => Next(interval, time.ToUnixTimeSeconds()));
        if (seconds > LastSecond) return null;
        var next = DateTimeOffset.FromUnixTimeSeconds(seconds);
        return next > spec.EndTime?.ToDateTimeOffset() ? null : next;
    }

    public IEnumerable<DateTimeOffset> AllAfter(DateTimeOffset time)
    {
        for (var next = After(time); next is not null; next = After(next.Value)) yield return next.Value;
    }

    /// <exception cref="RpcException">The spec is malformed or uses an unsupported feature.</exception>
    public static ScheduleTimes Create(ScheduleSpec spec)
    {
        if (spec.Calendar.Count + spec.StructuredCalendar.Count + spec.CronString.Count > 0)
            throw TemporalErrors.Unimplemented("calendars and cron strings of schedules");
#pragma warning disable CS0612 // Deprecated in favour of the structured field, but clients still send it.
        if (spec.ExcludeCalendar.Count + spec.ExcludeStructuredCalendar.Count > 0)
#pragma warning restore CS0612
            throw TemporalErrors.Unimplemented("excluded times of schedules");
        if (spec.Jitter.IsSet()) throw TemporalErrors.Unimplemented("jitter of schedules");
        if (spec.TimezoneName is not ("" or "UTC") || !spec.TimezoneData.IsEmpty)
            throw TemporalErrors.Unimplemented("time zones of schedules");
        foreach (var interval in spec.Interval) Validate(interval);
        Validate(spec.StartTime, "start_time");
        Validate(spec.EndTime, "end_time");
        return new ScheduleTimes(spec);
    }

    private static void Validate(IntervalSpec interval)
    {
        if (interval.Interval.OrZero() < TimeSpan.FromSeconds(1)) throw Invalid("interval is too small");
        if (interval.Phase.OrZero() < TimeSpan.Zero) throw Invalid("phase is negative");
        if (interval.Phase.OrZero() >= interval.Interval.OrZero())
            throw Invalid("phase cannot be greater than Interval");
    }

    private static void Validate(Timestamp? time, string name)
    {
        try
        {
            time?.ToDateTimeOffset();
        }
        catch (InvalidOperationException)
        {
            throw Invalid($"{name} is out of range");
        }
    }

    private static RpcException Invalid(string reason) =>
        TemporalErrors.InvalidArgument($"Invalid schedule spec: {reason}");

    private static long Next(IntervalSpec spec, long seconds)
    {
        var interval = (long)spec.Interval.OrZero().TotalSeconds;
        var phase = (long)spec.Phase.OrZero().TotalSeconds;
        return (((seconds - phase) / interval) + 1) * interval + phase;
    }
}
