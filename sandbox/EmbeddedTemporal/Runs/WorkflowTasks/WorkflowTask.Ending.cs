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
    /// Writes the completion and what was unwritten of the attempt; returns the completion's event id.
    /// </summary>
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
        withdraw?.Invoke();
        IsScheduled = IsStarted = false;
    }
}
