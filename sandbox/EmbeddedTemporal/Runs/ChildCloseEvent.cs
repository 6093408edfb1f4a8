namespace EmbeddedTemporal.Runs;

/// <summary>Creates the event that reports the end of a child to its parent.</summary>
internal static class ChildCloseEvent
{
    /// <summary>Returns null if another run continues the child.</summary>
    public static HistoryEvent? Create(Run run)
    {
        var initiatedId = run.State.Started.ParentInitiatedEventId;
        var type = run.State.Started.WorkflowType;
        var close = run.State.CloseEvent!;
        var execution = run.Execution;
        return run.State.Status switch
        {
            WorkflowExecutionStatus.Completed => new()
            {
                ChildWorkflowExecutionCompletedEventAttributes = new()
                {
                    Result = close.WorkflowExecutionCompletedEventAttributes.Result,
                    Namespace = run.Namespace,
                    WorkflowExecution = execution,
                    WorkflowType = type,
                    InitiatedEventId = initiatedId,
                },
            },
            WorkflowExecutionStatus.Failed
                when close.WorkflowExecutionFailedEventAttributes.NewExecutionRunId.Length == 0 => new()
                {
                    ChildWorkflowExecutionFailedEventAttributes = new()
                    {
                        Failure = close.WorkflowExecutionFailedEventAttributes.Failure,
                        RetryState = close.WorkflowExecutionFailedEventAttributes.RetryState,
                        Namespace = run.Namespace,
                        WorkflowExecution = execution,
                        WorkflowType = type,
                        InitiatedEventId = initiatedId,
                    },
                },
            WorkflowExecutionStatus.Canceled => new()
            {
                ChildWorkflowExecutionCanceledEventAttributes = new()
                {
                    Details = close.WorkflowExecutionCanceledEventAttributes.Details,
                    Namespace = run.Namespace,
                    WorkflowExecution = execution,
                    WorkflowType = type,
                    InitiatedEventId = initiatedId,
                },
            },
            WorkflowExecutionStatus.TimedOut
                when close.WorkflowExecutionTimedOutEventAttributes.NewExecutionRunId.Length == 0 => new()
                {
                    ChildWorkflowExecutionTimedOutEventAttributes = new()
                    {
                        RetryState = close.WorkflowExecutionTimedOutEventAttributes.RetryState,
                        Namespace = run.Namespace,
                        WorkflowExecution = execution,
                        WorkflowType = type,
                        InitiatedEventId = initiatedId,
                    },
                },
            WorkflowExecutionStatus.Terminated => new()
            {
                ChildWorkflowExecutionTerminatedEventAttributes = new()
                {
                    Namespace = run.Namespace,
                    WorkflowExecution = execution,
                    WorkflowType = type,
                    InitiatedEventId = initiatedId,
                },
            },
            _ => null,
        };
    }
}
