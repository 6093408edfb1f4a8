using Temporalio.Api.Command.V1;

namespace EmbeddedTemporal.Runs.WorkflowTasks;

/// <summary>Executes the commands of a completed workflow task. Each command writes its event.</summary>
internal sealed class CommandHandler(
    Run run, long completedId, string identity, CompletionMessages messages)
{
    public void Apply(Command command)
    {
        var e = new HistoryEvent { UserMetadata = command.UserMetadata };
        switch (command.CommandType)
        {
            case CommandType.ScheduleActivityTask:
                run.Activities.Schedule(command.ScheduleActivityTaskCommandAttributes, e, completedId);
                break;
            case CommandType.RequestCancelActivityTask:
                var activity = command.RequestCancelActivityTaskCommandAttributes.ScheduledEventId;
                run.Activities.RequestCancel(activity, e, completedId);
                break;
            case CommandType.StartTimer:
                run.Timers.Start(command.StartTimerCommandAttributes, e, completedId);
                break;
            case CommandType.CancelTimer:
                run.Timers.Cancel(command.CancelTimerCommandAttributes.TimerId, e, completedId, identity);
                break;
            case CommandType.StartChildWorkflowExecution:
                run.CrossRun.StartChild(command.StartChildWorkflowExecutionCommandAttributes, e, completedId);
                break;
            case CommandType.SignalExternalWorkflowExecution:
                run.CrossRun.Signal(command.SignalExternalWorkflowExecutionCommandAttributes, e, completedId);
                break;
            case CommandType.RequestCancelExternalWorkflowExecution:
                run.CrossRun.Cancel(command.RequestCancelExternalWorkflowExecutionCommandAttributes, e, completedId);
                break;
            case CommandType.ProtocolMessage:
                run.Updates.Handle(messages[command.ProtocolMessageCommandAttributes.MessageId]);
                break;
            case CommandType.RecordMarker:
                RecordMarker(command.RecordMarkerCommandAttributes, e);
                break;
            case CommandType.UpsertWorkflowSearchAttributes:
                e.UpsertWorkflowSearchAttributesEventAttributes = new()
                {
                    WorkflowTaskCompletedEventId = completedId,
                    SearchAttributes = run.Shard.SearchAttributes.Validate(
                        run.Namespace, command.UpsertWorkflowSearchAttributesCommandAttributes.SearchAttributes),
                };
                run.Append(e);
                break;
            case CommandType.ModifyWorkflowProperties:
                e.WorkflowPropertiesModifiedEventAttributes = new()
                {
                    WorkflowTaskCompletedEventId = completedId,
                    UpsertedMemo = command.ModifyWorkflowPropertiesCommandAttributes.UpsertedMemo,
                };
                run.Append(e);
                break;
            default:
                Close(command, e);
                break;
        }
    }

    private void RecordMarker(RecordMarkerCommandAttributes marker, HistoryEvent e)
    {
        e.MarkerRecordedEventAttributes = new()
        {
            MarkerName = marker.MarkerName,
            Details = { marker.Details },
            WorkflowTaskCompletedEventId = completedId,
            Header = marker.Header,
            Failure = marker.Failure,
        };
        run.Append(e);
    }

    private void Close(Command command, HistoryEvent e)
    {
        NewRun? next = null;
        switch (command.CommandType)
        {
            case CommandType.CompleteWorkflowExecution:
                e.WorkflowExecutionCompletedEventAttributes = new()
                {
                    Result = command.CompleteWorkflowExecutionCommandAttributes.Result,
                    WorkflowTaskCompletedEventId = completedId,
                };
                break;
            case CommandType.CancelWorkflowExecution:
                e.WorkflowExecutionCanceledEventAttributes = new()
                {
                    Details = command.CancelWorkflowExecutionCommandAttributes.Details,
                    WorkflowTaskCompletedEventId = completedId,
                };
                break;
            case CommandType.FailWorkflowExecution:
                var failure = command.FailWorkflowExecutionCommandAttributes.Failure;
                (var state, next) = run.Shard.Runs.NewRuns.Retry(run, failure);
                e.WorkflowExecutionFailedEventAttributes = new()
                {
                    Failure = failure,
                    RetryState = state,
                    NewExecutionRunId = next?.RunId ?? "",
                    WorkflowTaskCompletedEventId = completedId,
                };
                break;
            case CommandType.ContinueAsNewWorkflowExecution:
                var attributes = command.ContinueAsNewWorkflowExecutionCommandAttributes;
                next = run.Shard.Runs.NewRuns.ContinueAsNew(run, attributes);
                e.WorkflowExecutionContinuedAsNewEventAttributes =
                    Continuation.ContinuedAsNewAttributes(next, completedId);
                break;
        }

        run.Close(e);
        if (next is not null) run.Shard.Runs.Starter.Begin(next);
    }
}
