using EmbeddedTemporal.Engine;
using Temporalio.Api.Workflow.V1;

namespace EmbeddedTemporal.Runs.WorkflowTasks;

/// <summary>
/// The workflow task of a run: at most one is open. The first attempt is written to the history as it proceeds.
/// A repeated attempt is shown to the worker only and written when it completes, so that a workflow that keeps
/// failing does not fill its history; the ids hold, because everything else waits in the buffer meanwhile.
/// </summary>
internal sealed partial class WorkflowTask(Run run)
{
    private long scheduledId;
    private long startedId;
    private DateTimeOffset scheduledTime;
    private DateTimeOffset startedTime;
    private long takenAt;
    private HistoryEvent[] unwritten = [];
    private TimerQueue.Alarm? alarm;
    private TimerQueue.Alarm? backoff;
    private Action? withdraw;

    public bool IsScheduled { get; private set; }

    public bool IsStarted { get; private set; }

    public bool IsOpen => IsScheduled || IsStarted;

    /// <summary>
    /// How long a worker has had it, in real time whatever the server's clock says; zero if none has.
    /// </summary>
    public TimeSpan InHand => IsStarted ? TimeProvider.System.GetElapsedTime(takenAt) : TimeSpan.Zero;

    public int Attempt { get; private set; } = 1;

    /// <summary>Events of the task in flight that are not written yet.</summary>
    public IReadOnlyList<HistoryEvent> Unwritten => unwritten;

    /// <summary>Schedules the first task, at once or when the start's backoff is over.</summary>
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

    /// <summary>Makes sure that a task is open, so that the worker hears of what happened.</summary>
    public void Schedule()
    {
        if (IsOpen || !run.State.IsOpen || IsBackingOff()) return;
        if (Attempt == 1)
        {
            var attributes = new WorkflowTaskScheduledEventAttributes
            {
                TaskQueue = QueueOfChoice(),
                StartToCloseTimeout = run.State.Started.WorkflowTaskTimeout,
                Attempt = 1,
            };
            scheduledId = run.Append(new HistoryEvent { WorkflowTaskScheduledEventAttributes = attributes }).EventId;
        }

        IsScheduled = true;
        scheduledTime = run.Shard.Now;
        Offer();
    }

    /// <summary>Offers the open task anew after a restart of the server.</summary>
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
                // How often it was tried is not stored: it counts anew, but is not taken for a first attempt.
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

    /// <summary>A start delay ends with the first event for the workflow, the backoff of a retry does not.</summary>
    private bool IsBackingOff()
    {
        if (backoff is null) return false;
        if (run.State.Started.Initiator == ContinueAsNewInitiator.Retry) return true;
        backoff.Cancel();
        backoff = null;
        return false;
    }
}
