namespace EmbeddedTemporal.Runs;

/// <summary>Creates the events of a workflow's next run: continued as new, or the retry of a failed run.</summary>
internal static class Continuation
{
    /// <summary>The started event of the next run. It inherits the attributes of the given run.</summary>
    public static WorkflowExecutionStartedEventAttributes StartedAttributes(Run run, string runId)
    {
        var next = run.State.Started.Clone();
        next.ContinuedExecutionRunId = run.RunId;
        next.OriginalExecutionRunId = runId;
        next.Memo = new Memo { Fields = { run.State.Memo } };
        next.SearchAttributes = new SearchAttributes { IndexedFields = { run.State.SearchAttributes } };
        next.FirstWorkflowTaskBackoff = null;
        return next;
    }

    public static WorkflowExecutionContinuedAsNewEventAttributes ContinuedAsNewAttributes(
        NewRun next, long completedId) => new()
        {
            NewExecutionRunId = next.RunId,
            WorkflowType = next.Attributes.WorkflowType,
            TaskQueue = next.Attributes.TaskQueue,
            Input = next.Attributes.Input,
            WorkflowRunTimeout = next.Attributes.WorkflowRunTimeout,
            WorkflowTaskTimeout = next.Attributes.WorkflowTaskTimeout,
            WorkflowTaskCompletedEventId = completedId,
            BackoffStartInterval = next.Attributes.FirstWorkflowTaskBackoff,
            Initiator = next.Attributes.Initiator,
            LastCompletionResult = next.Attributes.LastCompletionResult,
            Header = next.Attributes.Header,
            Memo = next.Attributes.Memo,
            SearchAttributes = next.Attributes.SearchAttributes,
        };
}
