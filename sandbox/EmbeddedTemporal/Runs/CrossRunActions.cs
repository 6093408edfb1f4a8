using EmbeddedTemporal.Engine;
using Temporalio.Api.Command.V1;
using Temporalio.Api.TaskQueue.V1;

namespace EmbeddedTemporal.Runs;

#pragma warning disable CS0612 // Deprecated: the field control, by which some SDKs find the command of an event.

/// <summary>
/// The actions of one run on another: starting children, signals and cancellation requests. The initiation and its
/// effect belong to the same unit of work, so a restart cannot separate them.
/// </summary>
internal sealed partial class CrossRunActions(Run run)
{
    public void StartChild(StartChildWorkflowExecutionCommandAttributes command, HistoryEvent e, long completedId)
    {
        var queue = command.TaskQueue is { Name.Length: > 0 } named ? named.Name : run.State.Started.TaskQueue.Name;
        e.StartChildWorkflowExecutionInitiatedEventAttributes = new()
        {
            Namespace = run.Namespace,
            WorkflowId = command.WorkflowId,
            WorkflowType = command.WorkflowType,
            TaskQueue = new TaskQueue { Name = queue, Kind = TaskQueueKind.Normal },
            Input = command.Input,
            WorkflowExecutionTimeout = command.WorkflowExecutionTimeout.Capped(),
            WorkflowRunTimeout = command.WorkflowRunTimeout.Capped(),
            WorkflowTaskTimeout = command.WorkflowTaskTimeout.Capped(),
            ParentClosePolicy = command.ParentClosePolicy == ParentClosePolicy.Unspecified
                ? ParentClosePolicy.Terminate
                : command.ParentClosePolicy,
            WorkflowTaskCompletedEventId = completedId,
            WorkflowIdReusePolicy = command.WorkflowIdReusePolicy,
            RetryPolicy = command.RetryPolicy,
            Header = command.Header,
            Control = command.Control,
            Memo = command.Memo,
            SearchAttributes = command.SearchAttributes,
            Priority = command.Priority,
        };
        run.Append(e);
        run.Shard.Defer(() => StartInitiatedChild(e));
    }

    public void Signal(SignalExternalWorkflowExecutionCommandAttributes command, HistoryEvent e, long completedId)
    {
        e.SignalExternalWorkflowExecutionInitiatedEventAttributes = new()
        {
            WorkflowTaskCompletedEventId = completedId,
            Namespace = run.Namespace,
            WorkflowExecution = command.Execution,
            SignalName = command.SignalName,
            Input = command.Input,
            ChildWorkflowOnly = command.ChildWorkflowOnly,
            Header = command.Header,
            Control = command.Control,
        };
        run.Append(e);
        run.Shard.Defer(() => Signal(e));
    }

    public void Cancel(
        RequestCancelExternalWorkflowExecutionCommandAttributes command, HistoryEvent e, long completedId)
    {
        e.RequestCancelExternalWorkflowExecutionInitiatedEventAttributes = new()
        {
            WorkflowTaskCompletedEventId = completedId,
            Namespace = run.Namespace,
            WorkflowExecution = new() { WorkflowId = command.WorkflowId, RunId = command.RunId },
            ChildWorkflowOnly = command.ChildWorkflowOnly,
            Reason = command.Reason,
            Control = command.Control,
        };
        run.Append(e);
        run.Shard.Defer(() => Cancel(e));
    }

    private void Signal(HistoryEvent e)
    {
        var initiated = e.SignalExternalWorkflowExecutionInitiatedEventAttributes;
        var target = FindTarget(initiated.Namespace, initiated.WorkflowExecution, initiated.ChildWorkflowOnly);
        if (target is { State.IsOpen: false }) target = null;
        target?.Signal(new()
        {
            SignalName = initiated.SignalName,
            Input = initiated.Input,
            Header = initiated.Header,
            ExternalWorkflowExecution = run.Execution,
            Identity = "history-service",
        });
        RecordResult(e, target is null
            ? new HistoryEvent
            {
                SignalExternalWorkflowExecutionFailedEventAttributes = new()
                {
                    Cause = SignalExternalWorkflowExecutionFailedCause.ExternalWorkflowExecutionNotFound,
                },
            }
            : new HistoryEvent { ExternalWorkflowExecutionSignaledEventAttributes = new() });
    }

    private void Cancel(HistoryEvent e)
    {
        var initiated = e.RequestCancelExternalWorkflowExecutionInitiatedEventAttributes;
        var target = FindTarget(initiated.Namespace, initiated.WorkflowExecution, initiated.ChildWorkflowOnly);
        target?.RequestCancel(new()
        {
            Cause = initiated.Reason,
            ExternalInitiatedEventId = e.EventId,
            ExternalWorkflowExecution = run.Execution,
            Identity = "history-service",
        });
        RecordResult(e, target is null
            ? new HistoryEvent
            {
                RequestCancelExternalWorkflowExecutionFailedEventAttributes = new()
                {
                    Cause = CancelExternalWorkflowExecutionFailedCause.ExternalWorkflowExecutionNotFound,
                },
            }
            : new HistoryEvent { ExternalWorkflowExecutionCancelRequestedEventAttributes = new() });
    }

    /// <summary>
    /// Records the result of an initiated action if the run is still open. The result repeats the attributes that its
    /// type shares with the initiated event.
    /// </summary>
    private void RecordResult(HistoryEvent initiated, HistoryEvent result)
    {
        if (!run.State.IsOpen) return;
        HistoryEvents.CopySharedAttributes(initiated, result);
        // As in Temporal, this event alone does not repeat the field.
        if (result.RequestCancelExternalWorkflowExecutionFailedEventAttributes is { } failed) failed.Control = "";
        HistoryEvents.SetAttribute(result, "initiated_event_id", initiated.EventId);
        run.Record(result);
    }

    /// <summary>Finds the target run. Returns null if it does not exist, or is no child although it must be.</summary>
    private Run? FindTarget(string ns, WorkflowExecution execution, bool childOnly)
    {
        var target = execution.RunId.Length == 0
            ? run.Shard.Runs.Current(ns, execution.WorkflowId)
            : run.Shard.Runs.Find(execution.RunId);
        var isMatch = target is not null && target.Namespace == ns
            && target.Header.WorkflowId == execution.WorkflowId
            && (!childOnly || target.State.Started.ParentWorkflowExecution?.RunId == run.RunId);
        return isMatch ? target : null;
    }
}
