namespace EmbeddedTemporal.Engine;

/// <summary>
/// All alarms of the server in the order of their due times, on a single timer. Used under the shard's lock.
/// </summary>
/// <param name="onDue">
/// Called without the lock when the first alarm may be due. It must call <see cref="FireDue"/> and
/// <see cref="Arm"/>.
/// </param>
internal sealed class TimerQueue(TimeProvider time, Action onDue) : IDisposable
{
    /// <summary>A timer cannot wait longer than 49 days; longer waits are split.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromDays(1);

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

    /// <summary>Fires all due alarms, including those that become due meanwhile; false if no alarm was due.</summary>
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

    /// <summary>Sets the timer for the first alarm. Call it after changes, when no alarm is due.</summary>
    public void Arm()
    {
        if (alarms.Min is not { } first || first == armed) return;
        armed = first;
        var wait = first.Due - time.GetUtcNow();
        // Rounded up to a millisecond, the resolution of timers: a timer that ends early would find no due alarm.
        wait = TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(wait.TotalMilliseconds)));
        if (wait > MaxWait) wait = MaxWait;
        if (timer is null) timer = time.CreateTimer(_ => OnTimer(), null, wait, Timeout.InfiniteTimeSpan);
        else timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => timer?.Dispose();

    private void Remove(Alarm alarm) => alarms.Remove(alarm);

    private void OnTimer()
    {
        armed = null;
        onDue();
    }

    /// <summary>One entry of the queue. It fires at most once, and never after <see cref="Cancel"/>.</summary>
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
