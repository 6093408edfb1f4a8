using EmbeddedTemporal.Engine;
using EmbeddedTemporal.Runs.WorkflowTasks;
using EmbeddedTemporal.Storage;
using Temporalio.Api.Workflow.V1;

namespace EmbeddedTemporal.Runs.Activities;

/// <summary>
/// An open activity. Its attempts do not appear in the history. <see cref="Progress"/> holds their state in the format
/// in which Temporal describes pending activities. The started event is written together with the end event.
/// </summary>
internal sealed partial class ActivityState
{
    private readonly Run run;
    private readonly HistoryEvent scheduled;
    private readonly ActivityDeadlines deadlines;
    private TimerQueue.Alarm? alarm;
    private Action? withdraw;

    /// <summary>
    /// The timestamp of the worker's last contact. After a restart it is the time of the restart, because the worker
    /// may still be running the activity.
    /// </summary>
    private long lastContact = TimeProvider.System.GetTimestamp();

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

    /// <summary>Whether a worker has started the activity or can start it now.</summary>
    public bool IsDue => IsStarted || Progress.ScheduledTime.ToDateTimeOffset() <= run.Shard.Now;

    /// <summary>The real time since the worker's last contact; zero if no worker has the activity.</summary>
    public TimeSpan TimeSinceContact => IsStarted ? TimeProvider.System.GetElapsedTime(lastContact) : TimeSpan.Zero;

    public TaskToken Token => new(run.RunId, scheduled.EventId, Progress.Attempt);

    public bool IsCancelRequested => run.State.ActivityCancels.ContainsKey(scheduled.EventId);

    public void Heartbeat(Payloads? details)
    {
        lastContact = TimeProvider.System.GetTimestamp();
        Progress.LastHeartbeatTime = run.Shard.Now.ToTimestamp();
        Progress.HeartbeatDetails = details;
        Save();
        Arm();
    }

    /// <summary>
    /// Cancels the activity at once if no worker has it. Otherwise the response to the next heartbeat requests the
    /// cancellation.
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
        run.Activities.NeedsWorkflowTask = true;
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
