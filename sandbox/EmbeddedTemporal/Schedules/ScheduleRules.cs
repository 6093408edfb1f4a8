using EmbeddedTemporal.Engine;
using EmbeddedTemporal.Rpc;
using Temporalio.Api.Schedule.V1;
using Temporalio.Api.Workflow.V1;

namespace EmbeddedTemporal.Schedules;

/// <summary>Validates schedules and fills in default values.</summary>
internal static class ScheduleRules
{
    private static readonly Duration DefaultCatchupWindow = Duration.FromTimeSpan(TimeSpan.FromDays(365));

    /// <summary>Validates a schedule and returns it with defaults filled in.</summary>
    /// <exception cref="RpcException">The schedule is malformed or uses an unsupported feature.</exception>
    public static Schedule Normalize(Schedule? requested)
    {
        var schedule = requested?.Clone() ?? new Schedule();
        schedule.Spec ??= new ScheduleSpec();
        schedule.State ??= new ScheduleState();
        schedule.Policies ??= new SchedulePolicies();
        var policies = schedule.Policies;
        policies.OverlapPolicy = Normalize(policies.OverlapPolicy, ScheduleOverlapPolicy.Skip);
        policies.CatchupWindow =
            policies.CatchupWindow.IsSet() ? policies.CatchupWindow.Capped() : DefaultCatchupWindow;
        if (policies.PauseOnFailure) throw TemporalErrors.Unimplemented("schedules that pause on failure");
        if (policies.KeepOriginalWorkflowId) throw TemporalErrors.Unimplemented("schedules that keep the workflow id");
        foreach (var interval in schedule.Spec.Interval) interval.Interval = interval.Interval.Capped();
        ScheduleTimes.Create(schedule.Spec);
        Validate(
            schedule.Action?.StartWorkflow ?? throw TemporalErrors.InvalidArgument("Action is not set on schedule."));
        return schedule;
    }

    public static ScheduleOverlapPolicy Normalize(ScheduleOverlapPolicy policy, ScheduleOverlapPolicy defaultPolicy) =>
        policy switch
        {
            ScheduleOverlapPolicy.Unspecified => defaultPolicy,
            ScheduleOverlapPolicy.Skip or ScheduleOverlapPolicy.AllowAll => policy,
            _ => throw TemporalErrors.Unimplemented($"the overlap policy {policy} of schedules"),
        };

    private static void Validate(NewWorkflowExecutionInfo action)
    {
        SizeLimits.RequireSmall(action.Input);
        if (action.WorkflowId.Length == 0) throw TemporalErrors.InvalidArgument("WorkflowId is not set on request.");
        if (action.WorkflowType is not { Name.Length: > 0 })
            throw TemporalErrors.InvalidArgument("WorkflowType is not set on request.");
        if (action.TaskQueue is not { Name.Length: > 0 }) throw TemporalErrors.InvalidArgument("taskQueue is not set");
        if (action.CronSchedule.Length > 0)
            throw TemporalErrors.InvalidArgument("Scheduled workflow must not contain CronSchedule");
        if (action.WorkflowIdReusePolicy
            is not (WorkflowIdReusePolicy.Unspecified or WorkflowIdReusePolicy.AllowDuplicate))
        {
            throw TemporalErrors.InvalidArgument("Scheduled workflow must not contain WorkflowIDReusePolicy");
        }

        if (action.VersioningOverride is not null) throw TemporalErrors.Unimplemented("worker versioning");
    }
}
