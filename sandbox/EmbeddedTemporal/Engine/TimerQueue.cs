namespace EmbeddedTemporal.Engine;

/// <summary>
/// All alarms of the server, in the order they are due, on a single timer of the clock. Used under the shard's lock.
/// </summary>
/// <param name="ring">
/// Called, without the lock, when the first alarm may be due; to be answered by <see cref="FireDue"/> and
/// <see cref="Arm"/>.
/// </param>
internal sealed class TimerQueue(TimeProvider time, Action ring) : IDisposable
{
    /// <summary>A timer of the clock cannot wait for longer than 49 days; a longer wait is cut into pieces.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly SortedSet<Alarm> alarms = [];
    private ITimer? timer;
    private Alarm? armed;
    private long sequence;

    public DateTimeOffset? NextDue => alarms.Min?.Due;

    public Alarm Set(DateTimeOffset due, Action fire)
    {
        var alarm = new Alarm(this, due, ++sequence, fire);
        alarms.Add(alarm);
        return alarm;
    }

    /// <summary>Fires what is due, also what becomes due by it; true if there was anything.</summary>
    public bool FireDue()
    {
        var fired = false;
        while (alarms.Min is { } alarm && alarm.Due <= time.GetUtcNow())
        {
            alarms.Remove(alarm);
            alarm.Fire();
            fired = true;
        }

        return fired;
    }

    /// <summary>Makes the clock ring for the first alarm. To be called after changes, when nothing is due.</summary>
    public void Arm()
    {
        if (alarms.Min is not { } first || first == armed) return;
        armed = first;
        var wait = first.Due - time.GetUtcNow();
        // Rounded up to the next millisecond, the resolution of timers: one that rings too early rings in vain.
        wait = TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(wait.TotalMilliseconds)));
        if (wait > LongestWait) wait = LongestWait;
        if (timer is null) timer = time.CreateTimer(_ => Ring(), null, wait, Timeout.InfiniteTimeSpan);
        else timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => timer?.Dispose();

    private void Remove(Alarm alarm) => alarms.Remove(alarm);

    private void Ring()
    {
        armed = null;
        ring();
    }

    /// <summary>One entry of the queue; it fires once, or never after <see cref="Cancel"/>.</summary>
    internal sealed class Alarm(TimerQueue queue, DateTimeOffset due, long sequence, Action fire) : IComparable<Alarm>
    {
        public DateTimeOffset Due => due;

        public void Fire() => fire();

        public void Cancel() => queue.Remove(this);

        public int CompareTo(Alarm? other) =>
            other is null ? 1 : (due, Sequence).CompareTo((other.Due, other.Sequence));

        private long Sequence => sequence;
    }
}
