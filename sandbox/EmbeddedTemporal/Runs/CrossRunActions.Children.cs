namespace EmbeddedTemporal.Runs;

internal sealed partial class CrossRunActions
{
    /// <summary>Reports the end of this run to its parent, and applies the close policy to its children.</summary>
    public void NotifyClosed()
    {
        if (run.State.Started.ParentWorkflowExecution is { } parent
            && run.Shard.Runs.Find(parent.RunId) is { State.IsOpen: true } parentRun
            && parentRun.State.Children.ContainsKey(run.State.Started.ParentInitiatedEventId)
            && ChildCloseEvent.Create(run) is { } closeEvent)
        {
            parentRun.Record(closeEvent);
        }

        foreach (var child in run.State.Children.Values) ApplyParentClosePolicy(child);
    }

    private void StartInitiatedChild(HistoryEvent e)
    {
        var initiated = e.StartChildWorkflowExecutionInitiatedEventAttributes;
        // If the parent ended in the same workflow task, only an abandoned child is started.
        if (!run.State.IsOpen && initiated.ParentClosePolicy != ParentClosePolicy.Abandon) return;
        if (!run.Shard.Namespaces.Contains(initiated.Namespace))
        {
            RecordChildStartFailed(e, StartChildWorkflowExecutionFailedCause.NamespaceNotFound);
            return;
        }

        var request = ChildStartRequest(e);
        Run child;
        try
        {
            (child, _) = run.Shard.Runs.Starter.Start(request, run, e.EventId);
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.AlreadyExists)
        {
            RecordChildStartFailed(e, StartChildWorkflowExecutionFailedCause.WorkflowAlreadyExists);
            return;
        }

        RecordResult(e, new HistoryEvent
        {
            ChildWorkflowExecutionStartedEventAttributes = new() { WorkflowExecution = child.Execution },
        });
    }

    private StartWorkflowExecutionRequest ChildStartRequest(HistoryEvent e)
    {
        var initiated = e.StartChildWorkflowExecutionInitiatedEventAttributes;
        return new()
        {
            Namespace = initiated.Namespace,
            WorkflowId = initiated.WorkflowId,
            WorkflowType = initiated.WorkflowType,
            TaskQueue = initiated.TaskQueue,
            Input = initiated.Input,
            WorkflowExecutionTimeout = initiated.WorkflowExecutionTimeout,
            WorkflowRunTimeout = initiated.WorkflowRunTimeout,
            WorkflowTaskTimeout = initiated.WorkflowTaskTimeout,
            RequestId = $"{run.RunId}/{e.EventId}",
            WorkflowIdReusePolicy = initiated.WorkflowIdReusePolicy,
            RetryPolicy = initiated.RetryPolicy,
            Memo = initiated.Memo,
            SearchAttributes = initiated.SearchAttributes,
            Header = initiated.Header,
            UserMetadata = e.UserMetadata,
            Priority = initiated.Priority,
        };
    }

    private void RecordChildStartFailed(HistoryEvent e, StartChildWorkflowExecutionFailedCause cause) =>
        RecordResult(e, new HistoryEvent
        {
            StartChildWorkflowExecutionFailedEventAttributes = new() { Cause = cause },
        });

    private void ApplyParentClosePolicy(ChildRun child)
    {
        if (child.Initiated.ParentClosePolicy == ParentClosePolicy.Abandon) return;
        var ns = child.Initiated.Namespace;
        if (run.Shard.Runs.Current(ns, child.Initiated.WorkflowId) is not { State.IsOpen: true } open) return;
        if (open.State.Started.ParentWorkflowExecution?.RunId != run.RunId) return;
        if (child.Initiated.ParentClosePolicy == ParentClosePolicy.Terminate)
        {
            open.Terminate("by parent close policy", null, "history-service");
            return;
        }

        open.RequestCancel(new()
        {
            Cause = "by parent close policy",
            ExternalWorkflowExecution = run.Execution,
            Identity = "history-service",
        });
    }
}
