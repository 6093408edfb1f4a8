namespace EmbeddedTemporal.Runs;

internal sealed partial class RunState
{
    private const string StartedEventId = "started_event_id";

    /// <summary>
    /// Sets the ids of earlier events in the event that ends an activity or child. They are known only when the event
    /// is appended: while a workflow task is in flight, started and end events are buffered without ids.
    /// </summary>
    public void Link(HistoryEvent e)
    {
        if (HistoryEvents.EndedActivity(e) is { } scheduledId)
        {
            HistoryEvents.SetAttribute(e, StartedEventId, activityStarts.GetValueOrDefault(scheduledId));
            if (e.ActivityTaskCanceledEventAttributes is { } canceled)
                canceled.LatestCancelRequestedEventId = ActivityCancels.GetValueOrDefault(scheduledId);
        }
        else if (HistoryEvents.EndedChild(e) is { } initiatedId)
        {
            HistoryEvents.SetAttribute(e, StartedEventId, Children[initiatedId].StartedEventId);
        }
    }
}
