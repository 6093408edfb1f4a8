using EmbeddedTemporal.Engine;
using Temporalio.Api.Workflow.V1;

namespace EmbeddedTemporal.Runs.Activities;

/// <summary>
/// The four timeouts of an activity: https://docs.temporal.io/encyclopedia/detecting-activity-failures
/// </summary>
/// <param name="scheduledAt">When the activity was first scheduled.</param>
internal sealed class ActivityDeadlines(ActivityTaskScheduledEventAttributes activity, DateTimeOffset scheduledAt)
{
    /// <summary>When the activity with all its attempts must have ended; null for never.</summary>
    public DateTimeOffset? Expiry => activity.ScheduleToCloseTimeout.After(scheduledAt);

    /// <summary>The earliest timeout that threatens the activity in its present state.</summary>
    public (TimeoutType Type, DateTimeOffset At)? Next(PendingActivityInfo progress)
    {
        (TimeoutType Type, DateTimeOffset? At)[] all = progress.State == PendingActivityState.Scheduled
            ? [(TimeoutType.ScheduleToClose, Expiry), (TimeoutType.ScheduleToStart, ScheduleToStart(progress))]
            : [
                (TimeoutType.ScheduleToClose, Expiry),
                (TimeoutType.StartToClose, activity.StartToCloseTimeout.After(Started(progress))),
                (TimeoutType.Heartbeat, activity.HeartbeatTimeout.After(LastSign(progress))),
            ];
        return all.Where(deadline => deadline.At is not null)
            .Select(deadline => (deadline.Type, deadline.At!.Value))
            .Cast<(TimeoutType, DateTimeOffset)?>()
            .MinBy(deadline => deadline!.Value.Item2);
    }

    private DateTimeOffset? ScheduleToStart(PendingActivityInfo progress) =>
        activity.ScheduleToStartTimeout.After(progress.ScheduledTime.ToDateTimeOffset());

    private static DateTimeOffset Started(PendingActivityInfo progress) =>
        progress.LastStartedTime.ToDateTimeOffset();

    /// <summary>A heartbeat of an earlier attempt is no sign of life of this one.</summary>
    private static DateTimeOffset LastSign(PendingActivityInfo progress) =>
        progress.LastHeartbeatTime?.ToDateTimeOffset() is { } heartbeat && heartbeat > Started(progress)
            ? heartbeat
            : Started(progress);
}
