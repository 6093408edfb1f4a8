using Temporalio.Api.Failure.V1;

namespace EmbeddedTemporal.Runs.WorkflowTasks;

internal sealed partial class WorkflowTask
{
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

    /// <summary>
    /// Writes the completion and the unwritten events of the attempt; returns the event id of the completion.
    /// </summary>
    public long Complete(RespondWorkflowTaskCompletedRequest request)
    {
        Reset();
        foreach (var e in unwritten) run.Append(e);
        unwritten = [];
        Attempt = 1;
        SetSticky(request.StickyAttributes);
        var attributes = new WorkflowTaskCompletedEventAttributes
        {
            ScheduledEventId = scheduledId,
            StartedEventId = startedId,
            Identity = request.Identity,
            // Replay requires it: it lists the SDK flags that the workflow has used.
            SdkMetadata = request.SdkMetadata,
            MeteringMetadata = request.MeteringMetadata,
        };
        return run.Append(new HistoryEvent { WorkflowTaskCompletedEventAttributes = attributes }).EventId;
    }

    /// <summary>Ends a task in flight because a request ends the run from outside.</summary>
    public void ForceClose() => ForceClose(WorkflowTaskFailedCause.ForceCloseCommand, null, "");

    /// <summary>Ends a task in flight because the server ends the run.</summary>
    public void ForceClose(WorkflowTaskFailedCause cause, Failure? failure, string identity)
    {
        if (IsStarted && Attempt == 1)
        {
            var attributes = new WorkflowTaskFailedEventAttributes
            {
                ScheduledEventId = scheduledId,
                StartedEventId = startedId,
                Cause = cause,
                Failure = failure,
                Identity = identity,
            };
            run.Append(new HistoryEvent { WorkflowTaskFailedEventAttributes = attributes });
        }

        Close();
        run.FlushBuffer();
    }

    public void Close()
    {
        Reset();
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

    private void Retry(HistoryEvent endEvent)
    {
        Reset();
        if (Attempt == 1) run.Append(endEvent);
        unwritten = [];
        sticky = null;
        // New events reset the attempt, as in Temporal; so does the timeout of a sticky queue.
        var hasNewEvents = run.FlushBuffer() || endEvent.WorkflowTaskTimedOutEventAttributes?.StartedEventId == 0;
        Attempt = hasNewEvents ? 1 : Attempt + 1;
        run.Queries.TaskFailed(Attempt);
        Schedule();
    }

    private void Reset()
    {
        alarm?.Cancel();
        withdraw?.Invoke();
        IsScheduled = IsStarted = false;
    }
}
