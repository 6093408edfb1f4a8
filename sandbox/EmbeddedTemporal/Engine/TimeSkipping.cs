using EmbeddedTemporal.Runs;

namespace EmbeddedTemporal.Engine;

/// <summary>Advances the clock to the next alarm whenever nothing but time can bring the runs forward.</summary>
internal sealed class TimeSkipping : IDisposable
{
    private readonly Shard shard;
    private readonly Action<TimeSpan> advance;
    private readonly TimeSpan patience;
    private readonly ITimer looking;
    private bool isOver;

    /// <param name="shard">Whose runs are brought forward.</param>
    /// <param name="advance">Advances its clock.</param>
    /// <param name="patience">
    /// Real time after which a task counts as lost whose worker is not heard of. Its timeout, which would say so, is on
    /// the clock that stands still for it.
    /// </param>
    public TimeSkipping(Shard shard, Action<TimeSpan> advance, TimeSpan patience)
    {
        this.shard = shard;
        this.advance = advance;
        this.patience = patience;
        looking = TimeProvider.System.CreateTimer(_ => shard.Locked(Skip), null, patience, patience);
        shard.Locked(() =>
        {
            shard.TurnEnded += SkipLater;
            SkipLater();
        });
    }

    public void Dispose()
    {
        looking.Dispose();
        shard.Locked(() =>
        {
            isOver = true;
            shard.TurnEnded -= SkipLater;
        });
    }

    /// <summary>Not at once: the turn that just ended still has to write.</summary>
    private void SkipLater()
    {
        if (Next() is not null) ThreadPool.QueueUserWorkItem(_ => shard.Locked(Skip));
    }

    /// <summary>Under the lock, so that nothing begins between the decision and the jump.</summary>
    private void Skip()
    {
        if (!isOver && Next() is { } wait) advance(wait);
    }

    /// <summary>How far the next alarm is; null if somebody is at work, or nothing is to come.</summary>
    private TimeSpan? Next()
    {
        if (shard.Timers.NextDue is not { } due || shard.Runs.All.Any(IsBusy)) return null;
        var wait = due - shard.Now;
        return wait > TimeSpan.Zero ? wait : null;
    }

    private bool IsBusy(Run run) =>
        (run.Task.IsOpen && run.Task.InHand < patience)
        || run.Activities.Pending.Any(activity => activity.IsDue && activity.Silence < patience);
}
