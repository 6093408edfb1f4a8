namespace EmbeddedTemporal.Runs;

/// <summary>The next run of the same workflow: continued as new, or another attempt of a failed one.</summary>
internal static class Continuation
{
    /// <summary>The first event of a run that follows this one; it inherits what is not changed.</summary>
    public static WorkflowExecutionStartedEventAttributes Of(Run run, string runId)
    {
        var next = run.State.Started.Clone();
        next.ContinuedExecutionRunId = run.RunId;
        next.OriginalExecutionRunId = runId;
        next.Memo = new Memo { Fields = { run.State.Memo } };
        next.SearchAttributes = new SearchAttributes { IndexedFields = { run.State.SearchAttributes } };
        next.FirstWorkflowTaskBackoff = null;
        return next;
    }

    public static WorkflowExecutionContinuedAsNewEventAttributes Event(Launch next, long completedId) => new()
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
