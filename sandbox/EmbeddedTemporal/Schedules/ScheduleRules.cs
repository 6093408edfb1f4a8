using EmbeddedTemporal.Engine;
using EmbeddedTemporal.Rpc;
using Temporalio.Api.Schedule.V1;
using Temporalio.Api.Workflow.V1;

namespace EmbeddedTemporal.Schedules;

/// <summary>Which schedules are taken, and what they mean where they say nothing.</summary>
internal static class ScheduleRules
{
    private static readonly Duration DefaultCatchupWindow = Duration.FromTimeSpan(TimeSpan.FromDays(365));

    /// <summary>The schedule with its defaults filled in.</summary>
    /// <exception cref="RpcException">It is malformed, or asks for what is not built.</exception>
    public static Schedule Checked(Schedule? requested)
    {
        var schedule = requested?.Clone() ?? new Schedule();
        schedule.Spec ??= new ScheduleSpec();
        schedule.State ??= new ScheduleState();
        schedule.Policies ??= new SchedulePolicies();
        var policies = schedule.Policies;
        policies.OverlapPolicy = Checked(policies.OverlapPolicy, ScheduleOverlapPolicy.Skip);
        policies.CatchupWindow =
            policies.CatchupWindow.IsSet() ? policies.CatchupWindow.Capped() : DefaultCatchupWindow;
        if (policies.PauseOnFailure) throw TemporalErrors.NotBuilt("schedules that pause on failure");
        if (policies.KeepOriginalWorkflowId) throw TemporalErrors.NotBuilt("schedules that keep the workflow id");
        foreach (var interval in schedule.Spec.Interval) interval.Interval = interval.Interval.Capped();
        ScheduleTimes.Of(schedule.Spec);
        Check(schedule.Action?.StartWorkflow ?? throw TemporalErrors.InvalidArgument("Action is not set on schedule."));
        return schedule;
    }

    public static ScheduleOverlapPolicy Checked(ScheduleOverlapPolicy asked, ScheduleOverlapPolicy otherwise) =>
        asked switch
        {
            ScheduleOverlapPolicy.Unspecified => otherwise,
            ScheduleOverlapPolicy.Skip or ScheduleOverlapPolicy.AllowAll => asked,
            _ => throw TemporalErrors.NotBuilt($"the overlap policy {asked} of schedules"),
        };

    private static void Check(NewWorkflowExecutionInfo action)
    {
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

        if (action.VersioningOverride is not null) throw TemporalErrors.NotBuilt("worker versioning");
    }
}
