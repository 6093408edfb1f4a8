using EmbeddedTemporal.Runs;

namespace EmbeddedTemporal.Engine;

/// <summary>Advances the clock to the next alarm whenever the runs wait for time alone.</summary>
internal sealed class TimeSkipping : IDisposable
{
    private readonly Shard shard;
    private readonly Action<TimeSpan> advance;
    private readonly TimeSpan lostTaskTimeout;
    private readonly ITimer timer;
    private bool isDisposed;

    /// <param name="shard">The shard whose clock is advanced.</param>
    /// <param name="advance">Advances the clock of the shard.</param>
    /// <param name="lostTaskTimeout">
    /// The real time after which a task counts as lost if its worker has not contacted the server. The task's own
    /// timeout cannot detect the loss: it runs on the clock that waits for the task.
    /// </param>
    public TimeSkipping(Shard shard, Action<TimeSpan> advance, TimeSpan lostTaskTimeout)
    {
        this.shard = shard;
        this.advance = advance;
        this.lostTaskTimeout = lostTaskTimeout;
        timer = TimeProvider.System.CreateTimer(_ => shard.WithLock(Skip), null, lostTaskTimeout, lostTaskTimeout);
        shard.WithLock(() =>
        {
            shard.WorkCompleted += QueueSkip;
            QueueSkip();
        });
    }

    public void Dispose()
    {
        timer.Dispose();
        shard.WithLock(() =>
        {
            isDisposed = true;
            shard.WorkCompleted -= QueueSkip;
        });
    }

    /// <summary>Queues the skip, because the unit of work that just completed still has to commit.</summary>
    private void QueueSkip()
    {
        if (TimeToSkip() is not null) ThreadPool.QueueUserWorkItem(_ => shard.WithLock(Skip));
    }

    /// <summary>Runs under the lock, so that no work begins between the check and the advance.</summary>
    private void Skip()
    {
        if (!isDisposed && TimeToSkip() is { } wait) advance(wait);
    }

    /// <summary>The time until the next alarm; null if a run is busy or no alarm is set.</summary>
    private TimeSpan? TimeToSkip()
    {
        if (shard.Timers.NextDue is not { } due || shard.Runs.All.Any(IsBusy)) return null;
        var wait = due - shard.Now;
        return wait > TimeSpan.Zero ? wait : null;
    }

    private bool IsBusy(Run run) =>
        (run.Task.IsOpen && run.Task.TimeSinceDispatch < lostTaskTimeout)
        || run.Activities.Pending.Any(activity => activity.IsDue && activity.TimeSinceContact < lostTaskTimeout);
}
