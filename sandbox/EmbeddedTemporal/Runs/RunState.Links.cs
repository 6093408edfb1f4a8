namespace EmbeddedTemporal.Runs;

internal sealed partial class RunState
{
    /// <summary>
    /// Sets the ids of earlier events in the event that ends an activity or child. They are known only when the event
    /// is appended: while a workflow task is in flight, started and end events are buffered without ids.
    /// </summary>
    public void Link(HistoryEvent e)
    {
        if (HistoryEvents.EndedActivity(e) is { } scheduledId)
            LinkActivity(e, scheduledId, activityStarts.GetValueOrDefault(scheduledId));
        else if (HistoryEvents.EndedChild(e) is { } initiatedId)
            LinkChild(e, Children[initiatedId].StartedEventId);
    }

    private void LinkActivity(HistoryEvent e, long scheduledId, long startedId)
    {
        switch (e.EventType)
        {
            case EventType.ActivityTaskCompleted:
                e.ActivityTaskCompletedEventAttributes.StartedEventId = startedId;
                break;
            case EventType.ActivityTaskFailed:
                e.ActivityTaskFailedEventAttributes.StartedEventId = startedId;
                break;
            case EventType.ActivityTaskTimedOut:
                e.ActivityTaskTimedOutEventAttributes.StartedEventId = startedId;
                break;
            case EventType.ActivityTaskCanceled:
                e.ActivityTaskCanceledEventAttributes.StartedEventId = startedId;
                e.ActivityTaskCanceledEventAttributes.LatestCancelRequestedEventId =
                    ActivityCancels.GetValueOrDefault(scheduledId);
                break;
        }
    }

    private static void LinkChild(HistoryEvent e, long startedId)
    {
        switch (e.EventType)
        {
            case EventType.ChildWorkflowExecutionCompleted:
                e.ChildWorkflowExecutionCompletedEventAttributes.StartedEventId = startedId;
                break;
            case EventType.ChildWorkflowExecutionFailed:
                e.ChildWorkflowExecutionFailedEventAttributes.StartedEventId = startedId;
                break;
            case EventType.ChildWorkflowExecutionCanceled:
                e.ChildWorkflowExecutionCanceledEventAttributes.StartedEventId = startedId;
                break;
            case EventType.ChildWorkflowExecutionTimedOut:
                e.ChildWorkflowExecutionTimedOutEventAttributes.StartedEventId = startedId;
                break;
            case EventType.ChildWorkflowExecutionTerminated:
                e.ChildWorkflowExecutionTerminatedEventAttributes.StartedEventId = startedId;
                break;
        }
    }
}
