using EmbeddedTemporal.Engine;
using EmbeddedTemporal.Rpc;
using Temporalio.Api.Command.V1;
using Cause = Temporalio.Api.Enums.V1.WorkflowTaskFailedCause;

namespace EmbeddedTemporal.Runs.WorkflowTasks;

#pragma warning disable CS0612 // Deprecated: the namespace fields of commands, which workers may still set.

/// <summary>
/// The reason to reject the commands of a workflow task. All commands are checked before anything is written.
/// </summary>
/// <param name="EndsRun">Whether the run is terminated, because no later attempt can succeed.</param>
internal sealed record BadCommand(Cause Cause, string Message, bool EndsRun = false)
{
    public static BadCommand? FindFirst(Run run, IReadOnlyList<Command> commands)
    {
        var activityIds = run.Activities.Pending.Select(activity => activity.Attributes.ActivityId).ToHashSet();
        var timerIds = run.State.Timers.Keys.ToHashSet();
        foreach (var command in commands)
        {
            if (command.AttributesCase.ToString() != $"{command.CommandType}CommandAttributes")
                return new(Cause.UnhandledCommand, $"{command.CommandType} has no attributes of its type");
            if (Check(run, command, activityIds, timerIds) is { } bad) return bad;
            if (SearchAttributes(command) is { } attributes
                && run.Shard.SearchAttributes.FindProblem(run.Namespace, attributes) is { } problem)
            {
                return new(Cause.BadSearchAttributes, problem);
            }

            if (TooLargeCommand.Check(command) is { } tooLarge) return tooLarge;
        }

        return null;
    }

    private static BadCommand? Check(Run run, Command command, HashSet<string> activityIds, HashSet<string> timerIds) =>
        command.CommandType switch
        {
            CommandType.ScheduleActivityTask =>
                Activity(command.ScheduleActivityTaskCommandAttributes, activityIds),
            CommandType.StartTimer => Timer(command.StartTimerCommandAttributes, timerIds),
            CommandType.CancelTimer when !timerIds.Remove(command.CancelTimerCommandAttributes.TimerId) =>
                new(Cause.BadCancelTimerAttributes, "CancelTimer refers to an unknown timer"),
            CommandType.RequestCancelActivityTask
                when !run.State.Activities.ContainsKey(
                    command.RequestCancelActivityTaskCommandAttributes.ScheduledEventId) =>
                new(
                    Cause.BadRequestCancelActivityAttributes,
                    "RequestCancelActivityTask refers to an unknown activity"),
            CommandType.SignalExternalWorkflowExecution
                when IsOtherNamespace(run, command.SignalExternalWorkflowExecutionCommandAttributes.Namespace) =>
                Unimplemented("signals to other namespaces"),
            CommandType.SignalExternalWorkflowExecution
                when command.SignalExternalWorkflowExecutionCommandAttributes.Execution is null =>
                new(Cause.BadSignalWorkflowExecutionAttributes, "execution is not set"),
            CommandType.FailWorkflowExecution
                when command.FailWorkflowExecutionCommandAttributes.Failure is null =>
                new(Cause.BadFailWorkflowExecutionAttributes, "failure is not set"),
            CommandType.RequestCancelExternalWorkflowExecution
                when IsOtherNamespace(run, command.RequestCancelExternalWorkflowExecutionCommandAttributes.Namespace) =>
                Unimplemented("cancellations in other namespaces"),
            CommandType.StartChildWorkflowExecution
                when IsOtherNamespace(run, command.StartChildWorkflowExecutionCommandAttributes.Namespace) =>
                Unimplemented("children in other namespaces"),
            CommandType.ContinueAsNewWorkflowExecution
                when command.ContinueAsNewWorkflowExecutionCommandAttributes.CronSchedule.Length > 0 =>
                Unimplemented("cron schedules"),
            CommandType.StartChildWorkflowExecution => Child(command.StartChildWorkflowExecutionCommandAttributes),
            CommandType.ScheduleNexusOperation or CommandType.RequestCancelNexusOperation =>
                Unimplemented("Nexus operations"),
            _ => null,
        };

    private static SearchAttributes? SearchAttributes(Command command) => command.CommandType switch
    {
        CommandType.UpsertWorkflowSearchAttributes =>
            command.UpsertWorkflowSearchAttributesCommandAttributes.SearchAttributes,
        CommandType.StartChildWorkflowExecution =>
            command.StartChildWorkflowExecutionCommandAttributes.SearchAttributes,
        CommandType.ContinueAsNewWorkflowExecution =>
            command.ContinueAsNewWorkflowExecutionCommandAttributes.SearchAttributes,
        _ => null,
    };

    private static bool IsOtherNamespace(Run run, string ns) => ns.Length > 0 && ns != run.Namespace;

    private static BadCommand? Activity(ScheduleActivityTaskCommandAttributes activity, HashSet<string> ids)
    {
        var missing = activity switch
        {
            { ActivityId.Length: 0 } => "activity_id is not set",
            { ActivityType: null or { Name.Length: 0 } } => "activity_type is not set",
            _ when !activity.StartToCloseTimeout.IsSet() && !activity.ScheduleToCloseTimeout.IsSet() =>
                "neither start_to_close_timeout nor schedule_to_close_timeout is set",
            _ => null,
        };
        if (missing is not null) return new(Cause.BadScheduleActivityAttributes, missing);
        return ids.Add(activity.ActivityId)
            ? null
            : new(Cause.ScheduleActivityDuplicateId, $"activity_id {activity.ActivityId} is in use");
    }

    private static BadCommand? Timer(StartTimerCommandAttributes timer, HashSet<string> ids)
    {
        if (timer.TimerId.Length == 0) return new(Cause.BadStartTimerAttributes, "timer_id is not set");
        return ids.Add(timer.TimerId)
            ? null
            : new(Cause.StartTimerDuplicateId, $"timer_id {timer.TimerId} is in use");
    }

    private static BadCommand? Child(StartChildWorkflowExecutionCommandAttributes child)
    {
        if (child.CronSchedule.Length > 0) return Unimplemented("cron schedules");
        return child is { WorkflowId.Length: > 0, WorkflowType.Name.Length: > 0 }
            ? null
            : new(Cause.BadStartChildExecutionAttributes, "workflow_id or workflow_type is not set");
    }

    private static BadCommand Unimplemented(string feature) =>
        new(Cause.FeatureDisabled, TemporalErrors.UnimplementedMessage(feature));
}
