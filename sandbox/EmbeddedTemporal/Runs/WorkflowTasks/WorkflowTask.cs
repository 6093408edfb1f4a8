using EmbeddedTemporal.Engine;
using Temporalio.Api.Workflow.V1;

namespace EmbeddedTemporal.Runs.WorkflowTasks;

/// <summary>
/// The workflow task of a run, of which at most one is open. The first attempt is written to the history immediately.
/// The events of a retried attempt are sent to the worker and written only when it completes, so that a workflow that
/// keeps failing does not fill its history. Their ids stay valid, because all other events are buffered meanwhile.
/// </summary>
internal sealed partial class WorkflowTask(Run run)
{
    private long scheduledId;
    private long startedId;
    private DateTimeOffset scheduledTime;
    private DateTimeOffset startedTime;
    private long dispatchedAt;
    private HistoryEvent[] unwritten = [];
    private TimerQueue.Alarm? alarm;
    private TimerQueue.Alarm? backoff;
    private Action? withdraw;

    public bool IsScheduled { get; private set; }

    public bool IsStarted { get; private set; }

    public bool IsOpen => IsScheduled || IsStarted;

    /// <summary>
    /// The real time since a worker received the task, independent of the server's clock; zero if no worker has it.
    /// </summary>
    public TimeSpan TimeSinceDispatch => IsStarted ? TimeProvider.System.GetElapsedTime(dispatchedAt) : TimeSpan.Zero;

    public int Attempt { get; private set; } = 1;

    /// <summary>The events of the task in flight that are not yet written.</summary>
    public IReadOnlyList<HistoryEvent> Unwritten => unwritten;

    /// <summary>Schedules the first task, at once or after the start backoff.</summary>
    public void ScheduleFirst()
    {
        if (run.State.Started.FirstWorkflowTaskBackoff.After(run.State.StartTime) is not { } due)
        {
            Schedule();
            return;
        }

        backoff = run.Shard.Timers.Set(due, () =>
        {
            backoff = null;
            Schedule();
        });
    }

    /// <summary>Schedules a task unless one is open, so that the workflow sees its new events.</summary>
    public void Schedule()
    {
        if (IsOpen || !run.State.IsOpen || IsBackingOff()) return;
        if (Attempt == 1)
        {
            var attributes = new WorkflowTaskScheduledEventAttributes
            {
                TaskQueue = PreferredQueue(),
                StartToCloseTimeout = run.State.Started.WorkflowTaskTimeout,
                Attempt = 1,
            };
            scheduledId = run.Append(new HistoryEvent { WorkflowTaskScheduledEventAttributes = attributes }).EventId;
        }

        IsScheduled = true;
        scheduledTime = run.Shard.Now;
        Offer();
    }

    /// <summary>Restores the open task after a restart of the server.</summary>
    public void Resume()
    {
        switch (run.State.LastTaskEvent)
        {
            case null:
                ScheduleFirst();
                break;
            case { EventType: EventType.WorkflowTaskScheduled } scheduled:
                scheduledId = scheduled.EventId;
                scheduledTime = scheduled.EventTime.ToDateTimeOffset();
                IsScheduled = true;
                Offer();
                break;
            case { EventType: EventType.WorkflowTaskStarted } started:
                scheduledId = started.WorkflowTaskStartedEventAttributes.ScheduledEventId;
                scheduledTime = run.Events[(int)scheduledId - 1].EventTime.ToDateTimeOffset();
                AwaitCompletion(started.EventId, started.EventTime.ToDateTimeOffset());
                break;
            case { EventType: EventType.WorkflowTaskFailed or EventType.WorkflowTaskTimedOut }:
                // The attempt number is not stored. Attempt 2 continues as a retry, not as a first attempt.
                Attempt = run.FlushBuffer() ? 1 : 2;
                Schedule();
                break;
        }
    }

    public PendingWorkflowTaskInfo? Describe() => !IsOpen ? null : new()
    {
        State = IsStarted ? PendingWorkflowTaskState.Started : PendingWorkflowTaskState.Scheduled,
        ScheduledTime = scheduledTime.ToTimestamp(),
        OriginalScheduledTime = scheduledTime.ToTimestamp(),
        StartedTime = IsStarted ? startedTime.ToTimestamp() : null,
        Attempt = Attempt,
    };

    /// <summary>Whether a backoff is active. A new event ends a start delay, but not the backoff of a retry.</summary>
    private bool IsBackingOff()
    {
        if (backoff is null) return false;
        if (run.State.Started.Initiator == ContinueAsNewInitiator.Retry) return true;
        backoff.Cancel();
        backoff = null;
        return false;
    }
}
