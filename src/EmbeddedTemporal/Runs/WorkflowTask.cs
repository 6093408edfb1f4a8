using Temporalio.Api.Failure.V1;

namespace EmbeddedTemporal.Runs;

/// <summary>
/// The workflow task of a run: at most one is open. The first attempt is written to the history as it proceeds.
/// A repeated attempt is shown to the worker only and written when it completes, so that a workflow that keeps
/// failing does not fill its history; the ids hold, because everything else waits in the buffer meanwhile.
/// </summary>
internal sealed partial class WorkflowTask(Run run)
{
    private const int SuggestContinueAsNewEvents = 4096;
    private const int SuggestContinueAsNewBytes = 4 * 1024 * 1024;

    private int stamp;
    private long scheduledId;
    private long startedId;
    private DateTimeOffset scheduledTime;
    private DateTimeOffset startedTime;
    private HistoryEvent[] unwritten = [];
    private TimerQueue.Alarm? alarm;
    private TimerQueue.Alarm? backoff;

    public bool IsScheduled { get; private set; }

    public bool IsStarted { get; private set; }

    public bool IsOpen => IsScheduled || IsStarted;

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

    public void Fail(WorkflowTaskFailedCause cause, Failure? failure, string identity) => Retry(
        new HistoryEvent
        {
            WorkflowTaskFailedEventAttributes = new()
            {
                ScheduledEventId = scheduledId,
                StartedEventId = startedId,
                Cause = cause,
                Failure = failure,
                Identity = identity,
            },
        });

    /// <summary>Writes the completion and what was unwritten of the attempt; returns the completion's event id.</summary>
    public long Complete(RespondWorkflowTaskCompletedRequest request)
    {
        End();
        foreach (var e in unwritten) run.Append(e);
        unwritten = [];
        Attempt = 1;
        SetSticky(request.StickyAttributes);
        var attributes = new WorkflowTaskCompletedEventAttributes
        {
            ScheduledEventId = scheduledId,
            StartedEventId = startedId,
            Identity = request.Identity,
            // Replay needs it: it says which of the SDK's own changes this workflow has seen.
            SdkMetadata = request.SdkMetadata,
            MeteringMetadata = request.MeteringMetadata,
        };
        return run.Append(new HistoryEvent { WorkflowTaskCompletedEventAttributes = attributes }).EventId;
    }

    /// <summary>Ends a task in flight because the run is ended from outside.</summary>
    public void ForceClose()
    {
        if (IsStarted && Attempt == 1)
        {
            var attributes = new WorkflowTaskFailedEventAttributes
            {
                ScheduledEventId = scheduledId,
                StartedEventId = startedId,
                Cause = WorkflowTaskFailedCause.ForceCloseCommand,
            };
            run.Append(new HistoryEvent { WorkflowTaskFailedEventAttributes = attributes });
        }

        Close();
        run.FlushBuffer();
    }

    public void Close()
    {
        End();
        unwritten = [];
        backoff?.Cancel();
        backoff = null;
    }

    private void TimeOut(TimeoutType type) => Retry(new HistoryEvent
    {
        WorkflowTaskTimedOutEventAttributes = new()
        {
            ScheduledEventId = scheduledId,
            StartedEventId = IsStarted ? startedId : 0,
            TimeoutType = type,
        },
    });

    private void Retry(HistoryEvent ended)
    {
        End();
        if (Attempt == 1) run.Append(ended);
        unwritten = [];
        sticky = null;
        // News for the workflow make the next attempt a first one, as in Temporal; so does a dead sticky queue.
        var isNews = run.FlushBuffer() || ended.WorkflowTaskTimedOutEventAttributes?.StartedEventId == 0;
        Attempt = isNews ? 1 : Attempt + 1;
        run.Queries.TaskLost(Attempt);
        Schedule();
    }

    private void End()
    {
        alarm?.Cancel();
        IsScheduled = IsStarted = false;
        stamp++;
    }

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
