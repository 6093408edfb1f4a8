namespace EmbeddedTemporal.Runs;

internal sealed partial class RunState
{
    /// <summary>
    /// Fills in the ids of earlier events that an ending event names. They are known only when the event gets its
    /// own place: while a workflow task is in flight, a start and an end wait in the buffer without ids.
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
