using EmbeddedTemporal.Engine;
using Temporalio.Api.Command.V1;
using Temporalio.Api.TaskQueue.V1;

namespace EmbeddedTemporal.Runs;

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
        };
        run.Append(e);
        run.Shard.Defer(() => Signal(e.EventId, e.SignalExternalWorkflowExecutionInitiatedEventAttributes));
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
        };
        run.Append(e);
        run.Shard.Defer(
            () => Cancel(e.EventId, e.RequestCancelExternalWorkflowExecutionInitiatedEventAttributes));
    }

    private void Signal(long initiatedId, SignalExternalWorkflowExecutionInitiatedEventAttributes initiated)
    {
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
        if (!run.State.IsOpen) return;
        run.Record(target is null
            ? new HistoryEvent
            {
                SignalExternalWorkflowExecutionFailedEventAttributes = new()
                {
                    Cause = SignalExternalWorkflowExecutionFailedCause.ExternalWorkflowExecutionNotFound,
                    WorkflowTaskCompletedEventId = initiated.WorkflowTaskCompletedEventId,
                    Namespace = initiated.Namespace,
                    WorkflowExecution = initiated.WorkflowExecution,
                    InitiatedEventId = initiatedId,
                },
            }
            : new HistoryEvent
            {
                ExternalWorkflowExecutionSignaledEventAttributes = new()
                {
                    InitiatedEventId = initiatedId,
                    Namespace = initiated.Namespace,
                    WorkflowExecution = initiated.WorkflowExecution,
                },
            });
    }

    private void Cancel(long initiatedId, RequestCancelExternalWorkflowExecutionInitiatedEventAttributes initiated)
    {
        var target = FindTarget(initiated.Namespace, initiated.WorkflowExecution, initiated.ChildWorkflowOnly);
        target?.RequestCancel(new()
        {
            Cause = initiated.Reason,
            ExternalInitiatedEventId = initiatedId,
            ExternalWorkflowExecution = run.Execution,
            Identity = "history-service",
        });
        if (!run.State.IsOpen) return;
        run.Record(target is null
            ? new HistoryEvent
            {
                RequestCancelExternalWorkflowExecutionFailedEventAttributes = new()
                {
                    Cause = CancelExternalWorkflowExecutionFailedCause.ExternalWorkflowExecutionNotFound,
                    WorkflowTaskCompletedEventId = initiated.WorkflowTaskCompletedEventId,
                    Namespace = initiated.Namespace,
                    WorkflowExecution = initiated.WorkflowExecution,
                    InitiatedEventId = initiatedId,
                },
            }
            : new HistoryEvent
            {
                ExternalWorkflowExecutionCancelRequestedEventAttributes = new()
                {
                    InitiatedEventId = initiatedId,
                    Namespace = initiated.Namespace,
                    WorkflowExecution = initiated.WorkflowExecution,
                },
            });
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
