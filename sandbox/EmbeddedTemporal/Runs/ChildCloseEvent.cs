namespace EmbeddedTemporal.Runs;

/// <summary>Creates the event that reports the end of a child to its parent.</summary>
internal static class ChildCloseEvent
{
    /// <summary>Returns null if another run continues the child.</summary>
    public static HistoryEvent? Create(Run run)
    {
        var close = run.State.CloseEvent!;
        HistoryEvent? e = run.State.Status switch
        {
            WorkflowExecutionStatus.Completed => new() { ChildWorkflowExecutionCompletedEventAttributes = new() },
            WorkflowExecutionStatus.Failed
                when close.WorkflowExecutionFailedEventAttributes.NewExecutionRunId.Length == 0 =>
                new() { ChildWorkflowExecutionFailedEventAttributes = new() },
            WorkflowExecutionStatus.Canceled => new() { ChildWorkflowExecutionCanceledEventAttributes = new() },
            WorkflowExecutionStatus.TimedOut
                when close.WorkflowExecutionTimedOutEventAttributes.NewExecutionRunId.Length == 0 =>
                new() { ChildWorkflowExecutionTimedOutEventAttributes = new() },
            WorkflowExecutionStatus.Terminated => new() { ChildWorkflowExecutionTerminatedEventAttributes = new() },
            _ => null,
        };
        if (e is null) return null;
        HistoryEvents.CopySharedAttributes(close, e);
        HistoryEvents.SetAttribute(e, "namespace", run.Namespace);
        HistoryEvents.SetAttribute(e, "workflow_execution", run.Execution);
        HistoryEvents.SetAttribute(e, "workflow_type", run.State.Started.WorkflowType);
        HistoryEvents.SetAttribute(e, "initiated_event_id", run.State.Started.ParentInitiatedEventId);
        return e;
    }
}
