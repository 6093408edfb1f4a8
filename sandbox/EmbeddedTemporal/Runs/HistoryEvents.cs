using Google.Protobuf.Reflection;

namespace EmbeddedTemporal.Runs;

/// <summary>Classifies history events, and sets attributes that several event types have in common.</summary>
internal static class HistoryEvents
{
    private static readonly OneofAccessor AttributesField =
        HistoryEvent.Descriptor.Oneofs.Single(oneof => oneof.Name == "attributes").Accessor;

    private static readonly Dictionary<HistoryEvent.AttributesOneofCase, EventType> Types =
        Enum.GetValues<HistoryEvent.AttributesOneofCase>()
            .Where(attributes => attributes != HistoryEvent.AttributesOneofCase.None)
            .ToDictionary(
                attributes => attributes,
                attributes => Enum.Parse<EventType>(attributes.ToString()[..^"EventAttributes".Length]));

    /// <summary>Returns the event type that matches the event's attributes.</summary>
    public static EventType TypeOf(HistoryEvent e) => Types[e.AttributesCase];

    /// <summary>Returns the scheduled event id of the activity that the event ends; null if it ends none.</summary>
    public static long? EndedActivity(HistoryEvent e) => e.EventType switch
    {
        EventType.ActivityTaskCompleted => e.ActivityTaskCompletedEventAttributes.ScheduledEventId,
        EventType.ActivityTaskFailed => e.ActivityTaskFailedEventAttributes.ScheduledEventId,
        EventType.ActivityTaskTimedOut => e.ActivityTaskTimedOutEventAttributes.ScheduledEventId,
        EventType.ActivityTaskCanceled => e.ActivityTaskCanceledEventAttributes.ScheduledEventId,
        _ => null,
    };

    /// <summary>Returns the initiated event id of the child that the event ends; null if it ends none.</summary>
    public static long? EndedChild(HistoryEvent e) => e.EventType switch
    {
        EventType.StartChildWorkflowExecutionFailed =>
            e.StartChildWorkflowExecutionFailedEventAttributes.InitiatedEventId,
        EventType.ChildWorkflowExecutionCompleted =>
            e.ChildWorkflowExecutionCompletedEventAttributes.InitiatedEventId,
        EventType.ChildWorkflowExecutionFailed => e.ChildWorkflowExecutionFailedEventAttributes.InitiatedEventId,
        EventType.ChildWorkflowExecutionCanceled =>
            e.ChildWorkflowExecutionCanceledEventAttributes.InitiatedEventId,
        EventType.ChildWorkflowExecutionTimedOut =>
            e.ChildWorkflowExecutionTimedOutEventAttributes.InitiatedEventId,
        EventType.ChildWorkflowExecutionTerminated =>
            e.ChildWorkflowExecutionTerminatedEventAttributes.InitiatedEventId,
        _ => null,
    };

    /// <summary>Returns the status of the run after a close event; null for other events.</summary>
    public static WorkflowExecutionStatus? ClosedStatus(HistoryEvent e) => e.EventType switch
    {
        EventType.WorkflowExecutionCompleted => WorkflowExecutionStatus.Completed,
        EventType.WorkflowExecutionFailed => WorkflowExecutionStatus.Failed,
        EventType.WorkflowExecutionCanceled => WorkflowExecutionStatus.Canceled,
        EventType.WorkflowExecutionTerminated => WorkflowExecutionStatus.Terminated,
        EventType.WorkflowExecutionContinuedAsNew => WorkflowExecutionStatus.ContinuedAsNew,
        EventType.WorkflowExecutionTimedOut => WorkflowExecutionStatus.TimedOut,
        _ => null,
    };

    /// <summary>Sets an attribute by its protobuf name. An event type without that attribute is not changed.</summary>
    public static void SetAttribute(HistoryEvent e, string name, object value)
    {
        var attributes = Attributes(e);
        attributes.Descriptor.FindFieldByName(name)?.Accessor.SetValue(attributes, value);
    }

    /// <summary>Copies the attributes that the types of both events have in common, by protobuf name.</summary>
    public static void CopySharedAttributes(HistoryEvent source, HistoryEvent target)
    {
        var attributes = Attributes(source);
        foreach (var field in attributes.Descriptor.Fields.InDeclarationOrder())
            SetAttribute(target, field.Name, field.Accessor.GetValue(attributes));
    }

    private static IMessage Attributes(HistoryEvent e) =>
        (IMessage)AttributesField.GetCaseFieldDescriptor(e).Accessor.GetValue(e);
}
