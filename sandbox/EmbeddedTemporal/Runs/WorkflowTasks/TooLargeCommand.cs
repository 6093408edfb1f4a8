using EmbeddedTemporal.Engine;
using Temporalio.Api.Command.V1;
using Cause = Temporalio.Api.Enums.V1.WorkflowTaskFailedCause;

namespace EmbeddedTemporal.Runs.WorkflowTasks;

/// <summary>
/// Commands with contents over the limit. Such a command ends the run, because a repeated task would send it again.
/// Causes and texts are those of Temporal's server.
/// </summary>
internal static class TooLargeCommand
{
    public static BadCommand? Check(Command command) => command.CommandType switch
    {
        CommandType.ScheduleActivityTask => Check(
            command.ScheduleActivityTaskCommandAttributes.Input,
            Cause.BadScheduleActivityAttributes,
            "ScheduleActivityTaskCommandAttributes.Input"),
        CommandType.CompleteWorkflowExecution => Check(
            command.CompleteWorkflowExecutionCommandAttributes.Result,
            Cause.BadScheduleActivityAttributes,
            "CompleteWorkflowExecutionCommandAttributes.Result"),
        CommandType.FailWorkflowExecution => Check(
            command.FailWorkflowExecutionCommandAttributes.Failure,
            Cause.BadFailWorkflowExecutionAttributes,
            "FailWorkflowExecutionCommandAttributes.Failure"),
        CommandType.ContinueAsNewWorkflowExecution => Check(
            command.ContinueAsNewWorkflowExecutionCommandAttributes.Input,
            Cause.BadContinueAsNewAttributes,
            "ContinueAsNewWorkflowExecutionCommandAttributes. Input"),
        CommandType.SignalExternalWorkflowExecution => Check(
            command.SignalExternalWorkflowExecutionCommandAttributes.Input,
            Cause.BadSignalWorkflowExecutionAttributes,
            "SignalExternalWorkflowExecutionCommandAttributes.Input"),
        CommandType.StartChildWorkflowExecution => Check(
            command.StartChildWorkflowExecutionCommandAttributes.Input,
            Cause.BadStartChildExecutionAttributes,
            "StartChildWorkflowExecutionCommandAttributes. Input"),
        CommandType.RecordMarker => Check(
            command.RecordMarkerCommandAttributes.Details.Sum(detail => detail.Value.CalculateSize()),
            Cause.BadRecordMarkerAttributes,
            "RecordMarkerCommandAttributes.Details"),
        CommandType.ModifyWorkflowProperties => Check(
            command.ModifyWorkflowPropertiesCommandAttributes.UpsertedMemo,
            Cause.BadModifyWorkflowPropertiesAttributes,
            "ModifyWorkflowPropertiesCommandAttributes"),
        _ => null,
    };

    private static BadCommand? Check(IMessage? content, Cause cause, string field) =>
        Check(content?.CalculateSize() ?? 0, cause, field);

    private static BadCommand? Check(int size, Cause cause, string field) =>
        size > SizeLimits.Payload ? new(cause, $"{field} exceeds size limit.", EndsRun: true) : null;
}
