using EmbeddedTemporal.Engine;
using EmbeddedTemporal.Runs.WorkflowTasks;
using EmbeddedTemporal.Storage;
using Temporalio.Api.Workflow.V1;

namespace EmbeddedTemporal.Runs.Activities;

/// <summary>
/// An activity that has not ended. Its attempts do not show in the history; their state is <see cref="Progress"/>,
/// stored in the form in which Temporal describes pending activities. The start is written with the end.
/// </summary>
internal sealed partial class ActivityState
{
    private readonly Run run;
    private readonly HistoryEvent scheduled;
    private readonly ActivityDeadlines deadlines;
    private TimerQueue.Alarm? alarm;
    private Action? withdraw;
    /// <summary>Of one that was at work before a restart, the restart: its worker still may have it.</summary>
    private long heardAt = TimeProvider.System.GetTimestamp();

    public ActivityState(Run run, HistoryEvent scheduled, PendingActivityInfo? progress)
    {
        this.run = run;
        this.scheduled = scheduled;
        deadlines = new ActivityDeadlines(Attributes, scheduled.EventTime.ToDateTimeOffset());
        Progress = progress ?? new PendingActivityInfo
        {
            ActivityId = Attributes.ActivityId,
            ActivityType = Attributes.ActivityType,
            State = PendingActivityState.Scheduled,
            Attempt = 1,
            MaximumAttempts = Attributes.RetryPolicy.MaximumAttempts,
            ScheduledTime = scheduled.EventTime,
            ExpirationTime = deadlines.Expiry?.ToTimestamp(),
        };
        Arm();
    }

    public PendingActivityInfo Progress { get; }

    public ActivityTaskScheduledEventAttributes Attributes => scheduled.ActivityTaskScheduledEventAttributes;

    public bool IsStarted => Progress.State != PendingActivityState.Scheduled;

    /// <summary>Whether a worker has it, or could have it at once.</summary>
    public bool IsDue => IsStarted || Progress.ScheduledTime.ToDateTimeOffset() <= run.Shard.Now;

    /// <summary>Since its worker was last heard of, in real time; zero if none has it.</summary>
    public TimeSpan Silence => IsStarted ? TimeProvider.System.GetElapsedTime(heardAt) : TimeSpan.Zero;

    public TaskToken Token => new(run.RunId, scheduled.EventId, Progress.Attempt);

    public bool CancelRequested => run.State.ActivityCancels.ContainsKey(scheduled.EventId);

    public void Heartbeat(Payloads? details)
    {
        heardAt = TimeProvider.System.GetTimestamp();
        Progress.LastHeartbeatTime = run.Shard.Now.ToTimestamp();
        Progress.HeartbeatDetails = details;
        Save();
        Arm();
    }

    /// <summary>
    /// The workflow wants it cancelled: done at once if no worker has it, else the heartbeat's answer says so.
    /// </summary>
    public void RequestCancel()
    {
        if (IsStarted)
        {
            Progress.State = PendingActivityState.CancelRequested;
            Save();
            return;
        }

        Close();
        run.Activities.Remove(scheduled.EventId);
        run.Append(new HistoryEvent
        {
            ActivityTaskCanceledEventAttributes = new() { ScheduledEventId = scheduled.EventId },
        });
        run.Activities.NeedsTask = true;
    }

    public void Close()
    {
        alarm?.Cancel();
        withdraw?.Invoke();
        run.Shard.Store.Delete(Row);
    }

    private RowKey Row => new(run.RunId, RowKind.ActivityProgress, scheduled.EventId);

    private void Save() => run.Shard.Store.Put(Row, Progress);
}
