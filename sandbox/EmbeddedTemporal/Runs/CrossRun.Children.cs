namespace EmbeddedTemporal.Runs;

internal sealed partial class CrossRun
{
    /// <summary>Tells the parent how this run ended, and its children that it did.</summary>
    public void Closed()
    {
        if (run.State.Started.ParentWorkflowExecution is { } parent
            && run.Shard.Runs.Find(parent.RunId) is { State.IsOpen: true } waiting
            && waiting.State.Children.ContainsKey(run.State.Started.ParentInitiatedEventId)
            && ChildEnding.Of(run) is { } ending)
        {
            waiting.Record(ending);
        }

        foreach (var child in run.State.Children.Values) ApplyParentClosePolicy(child);
    }

    private void StartChild(HistoryEvent e)
    {
        var initiated = e.StartChildWorkflowExecutionInitiatedEventAttributes;
        // The parent ended in the same breath: only a child that is meant to outlive it is started.
        if (!run.State.IsOpen && initiated.ParentClosePolicy != ParentClosePolicy.Abandon) return;
        if (!run.Shard.Namespaces.Contains(initiated.Namespace))
        {
            ChildFailed(e, StartChildWorkflowExecutionFailedCause.NamespaceNotFound);
            return;
        }

        var request = RequestFor(e);
        Run child;
        try
        {
            (child, _) = run.Shard.Runs.Starts.Start(request, run, e.EventId);
        }
        catch (RpcException refused) when (refused.StatusCode == StatusCode.AlreadyExists)
        {
            ChildFailed(e, StartChildWorkflowExecutionFailedCause.WorkflowAlreadyExists);
            return;
        }

        if (!run.State.IsOpen) return;
        run.Record(new HistoryEvent
        {
            ChildWorkflowExecutionStartedEventAttributes = new()
            {
                Namespace = initiated.Namespace,
                InitiatedEventId = e.EventId,
                WorkflowExecution = child.Execution,
                WorkflowType = initiated.WorkflowType,
                Header = initiated.Header,
            },
        });
    }

    private StartWorkflowExecutionRequest RequestFor(HistoryEvent e)
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

    private void ChildFailed(HistoryEvent e, StartChildWorkflowExecutionFailedCause cause)
    {
        if (!run.State.IsOpen) return;
        var initiated = e.StartChildWorkflowExecutionInitiatedEventAttributes;
        run.Record(new HistoryEvent
        {
            StartChildWorkflowExecutionFailedEventAttributes = new()
            {
                Namespace = initiated.Namespace,
                WorkflowId = initiated.WorkflowId,
                WorkflowType = initiated.WorkflowType,
                Cause = cause,
                InitiatedEventId = e.EventId,
                WorkflowTaskCompletedEventId = initiated.WorkflowTaskCompletedEventId,
            },
        });
    }

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
