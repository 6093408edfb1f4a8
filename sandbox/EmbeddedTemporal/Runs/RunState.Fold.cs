using Google.Protobuf.Collections;

namespace EmbeddedTemporal.Runs;

internal sealed partial class RunState
{
    public void Fold(HistoryEvent e)
    {
        HistorySize += e.CalculateSize();
        switch (e.EventType)
        {
            case EventType.WorkflowExecutionStarted:
                Started = e.WorkflowExecutionStartedEventAttributes;
                StartTime = e.EventTime.ToDateTimeOffset();
                Merge(Memo, Started.Memo?.Fields);
                Merge(SearchAttributes, Started.SearchAttributes?.IndexedFields);
                break;
            case EventType.WorkflowTaskScheduled:
            case EventType.WorkflowTaskStarted:
            case EventType.WorkflowTaskFailed:
            case EventType.WorkflowTaskTimedOut:
                LastTaskEvent = e;
                break;
            case EventType.WorkflowTaskCompleted:
                LastTaskEvent = e;
                LastCompletedStartedId = e.WorkflowTaskCompletedEventAttributes.StartedEventId;
                break;
            case EventType.WorkflowExecutionSignaled:
                SignalRequests.Add(e.WorkflowExecutionSignaledEventAttributes.RequestId);
                break;
            case EventType.WorkflowExecutionCancelRequested:
                IsCancelRequested = true;
                break;
            case EventType.UpsertWorkflowSearchAttributes:
                Merge(
                    SearchAttributes,
                    e.UpsertWorkflowSearchAttributesEventAttributes.SearchAttributes?.IndexedFields);
                break;
            case EventType.WorkflowPropertiesModified:
                Merge(Memo, e.WorkflowPropertiesModifiedEventAttributes.UpsertedMemo?.Fields);
                break;
            case EventType.TimerStarted:
                Timers.Add(e.TimerStartedEventAttributes.TimerId, e);
                break;
            case EventType.TimerFired:
                Timers.Remove(e.TimerFiredEventAttributes.TimerId);
                break;
            case EventType.TimerCanceled:
                Timers.Remove(e.TimerCanceledEventAttributes.TimerId);
                break;
            case EventType.WorkflowExecutionUpdateAccepted:
                Updates[e.WorkflowExecutionUpdateAcceptedEventAttributes.ProtocolInstanceId] = new(e.EventId, null);
                break;
            case EventType.WorkflowExecutionUpdateCompleted:
                var completed = e.WorkflowExecutionUpdateCompletedEventAttributes;
                Updates[completed.Meta.UpdateId] = new(completed.AcceptedEventId, completed.Outcome);
                break;
            default:
                FoldActivity(e);
                FoldChild(e);
                FoldClose(e);
                break;
        }
    }

    private void FoldActivity(HistoryEvent e)
    {
        switch (e.EventType)
        {
            case EventType.ActivityTaskScheduled:
                Activities.Add(e.EventId, e);
                break;
            case EventType.ActivityTaskStarted:
                activityStarts[e.ActivityTaskStartedEventAttributes.ScheduledEventId] = e.EventId;
                break;
            case EventType.ActivityTaskCancelRequested:
                ActivityCancels[e.ActivityTaskCancelRequestedEventAttributes.ScheduledEventId] = e.EventId;
                break;
            default:
                if (HistoryEvents.EndedActivity(e) is not { } scheduledId) break;
                Activities.Remove(scheduledId);
                ActivityCancels.Remove(scheduledId);
                activityStarts.Remove(scheduledId);
                break;
        }
    }

    private void FoldChild(HistoryEvent e)
    {
        switch (e.EventType)
        {
            case EventType.StartChildWorkflowExecutionInitiated:
                Children.Add(e.EventId, new(e.StartChildWorkflowExecutionInitiatedEventAttributes, "", 0));
                break;
            case EventType.ChildWorkflowExecutionStarted:
                var started = e.ChildWorkflowExecutionStartedEventAttributes;
                var child = Children[started.InitiatedEventId];
                Children[started.InitiatedEventId] =
                    child with { RunId = started.WorkflowExecution.RunId, StartedEventId = e.EventId };
                break;
            default:
                if (HistoryEvents.EndedChild(e) is { } initiatedId) Children.Remove(initiatedId);
                break;
        }
    }

    private void FoldClose(HistoryEvent e)
    {
        if (HistoryEvents.ClosedStatus(e) is not { } status) return;
        Status = status;
        CloseEvent = e;
    }

    /// <summary>Merges changes into a map. As in Temporal, a null or empty value removes the key.</summary>
    private static void Merge(MapField<string, Payload> into, MapField<string, Payload>? changes)
    {
        foreach (var (key, value) in changes ?? [])
        {
            var encoding = value.Metadata.TryGetValue("encoding", out var found) ? found.ToStringUtf8() : "";
            if (encoding == "binary/null" || value.Data.ToStringUtf8() is "null" or "[]") into.Remove(key);
            else into[key] = value;
        }
    }
}
