using EmbeddedTemporal.Engine;
using Temporalio.Api.Workflow.V1;

namespace EmbeddedTemporal.Runs.Activities;

/// <summary>
/// The four timeouts of an activity: https://docs.temporal.io/encyclopedia/detecting-activity-failures
/// </summary>
/// <param name="scheduledAt">The time at which the activity was first scheduled.</param>
internal sealed class ActivityDeadlines(ActivityTaskScheduledEventAttributes activity, DateTimeOffset scheduledAt)
{
    /// <summary>The deadline for all attempts of the activity; null if there is none.</summary>
    public DateTimeOffset? Expiry => activity.ScheduleToCloseTimeout.After(scheduledAt);

    /// <summary>Returns the earliest timeout in the activity's current state; null if there is none.</summary>
    public (TimeoutType Type, DateTimeOffset At)? Next(PendingActivityInfo progress)
    {
        (TimeoutType Type, DateTimeOffset? At)[] deadlines = progress.State == PendingActivityState.Scheduled
            ? [(TimeoutType.ScheduleToClose, Expiry), (TimeoutType.ScheduleToStart, ScheduleToStart(progress))]
            : [
                (TimeoutType.ScheduleToClose, Expiry),
                (TimeoutType.StartToClose, activity.StartToCloseTimeout.After(StartedAt(progress))),
                (TimeoutType.Heartbeat, activity.HeartbeatTimeout.After(LastContact(progress))),
            ];
        return deadlines.Where(deadline => deadline.At is not null)
            .Select(deadline => (deadline.Type, deadline.At!.Value))
            .Cast<(TimeoutType, DateTimeOffset)?>()
            .MinBy(deadline => deadline!.Value.Item2);
    }

    private DateTimeOffset? ScheduleToStart(PendingActivityInfo progress) =>
        activity.ScheduleToStartTimeout.After(progress.ScheduledTime.ToDateTimeOffset());

    private static DateTimeOffset StartedAt(PendingActivityInfo progress) =>
        progress.LastStartedTime.ToDateTimeOffset();

    /// <summary>The start or the last heartbeat of the current attempt; earlier heartbeats do not count.</summary>
    private static DateTimeOffset LastContact(PendingActivityInfo progress) =>
        progress.LastHeartbeatTime?.ToDateTimeOffset() is { } heartbeat && heartbeat > StartedAt(progress)
            ? heartbeat
            : StartedAt(progress);
}
