using EmbeddedTemporal.Engine;
using Temporalio.Api.Failure.V1;

namespace EmbeddedTemporal.Runs;

internal sealed partial class Run
{
    /// <summary>Begins a new run with its first event.</summary>
    public void Begin(HistoryEvent started)
    {
        Append(started);
        SetExpiry();
        Task.ScheduleFirst();
    }

    /// <summary>Restores the run from its stored rows.</summary>
    public void Restore(
        IEnumerable<HistoryEvent> history,
        IEnumerable<KeyValuePair<long, HistoryEvent>> buffered,
        IReadOnlyDictionary<long, Temporalio.Api.Workflow.V1.PendingActivityInfo> progress)
    {
        foreach (var e in history) Apply(e);
        foreach (var (row, e) in buffered) buffer.Add(row, e);
        if (!State.IsOpen)
        {
            Shard.Runs.ScheduleRemoval(this);
            return;
        }

        SetExpiry();
        Timers.Resume(buffer.Values);
        Activities.Resume(buffer.Values, progress);
        Task.Resume();
    }

    /// <summary>
    /// Ends the run with its last event and notifies the waiting callers, the parent and the children.
    /// </summary>
    public void Close(HistoryEvent last)
    {
        Task.Close();
        Timers.Close();
        Activities.Close();
        expiry?.Cancel();
        Append(last);
        Updates.Close();
        Queries.Close();
        Shard.Runs.ScheduleRemoval(this);
        Shard.Defer(CrossRun.NotifyClosed);
    }

    /// <summary>Ends the run from outside, without executing workflow code.</summary>
    public void Terminate(string reason, Payloads? details, string identity)
    {
        Task.ForceClose();
        Close(new HistoryEvent
        {
            WorkflowExecutionTerminatedEventAttributes =
                new() { Reason = reason, Details = details, Identity = identity },
        });
    }

    /// <summary>Fails the task in flight and ends the run with the same message.</summary>
    public void FailAndTerminate(WorkflowTaskFailedCause cause, Failure failure, string identity)
    {
        Task.ForceClose(cause, failure, identity);
        Close(new HistoryEvent
        {
            WorkflowExecutionTerminatedEventAttributes = new() { Reason = failure.Message, Identity = identity },
        });
    }

    private void SetExpiry()
    {
        if (State.Expiry is { } due) expiry = Shard.Timers.Set(due, TimeOut);
    }

    private void TimeOut()
    {
        Task.ForceClose();
        var failure = new Failure
        {
            Message = "workflow timeout",
            TimeoutFailureInfo = new() { TimeoutType = TimeoutType.StartToClose },
        };
        var (state, next) = Shard.Runs.NewRuns.Retry(this, failure);
        Close(new HistoryEvent
        {
            WorkflowExecutionTimedOutEventAttributes = new()
            {
                RetryState = state,
                NewExecutionRunId = next?.RunId ?? "",
            },
        });
        if (next is not null) Shard.Runs.Starter.Begin(next);
    }
}
