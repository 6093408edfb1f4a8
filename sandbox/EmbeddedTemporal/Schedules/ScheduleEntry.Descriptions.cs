using Temporalio.Api.Schedule.V1;

namespace EmbeddedTemporal.Schedules;

internal sealed partial class ScheduleEntry
{
    private const int MaxDescribedTimes = 10;
    private const int MaxListedTimes = 5;

    public DescribeScheduleResponse Describe()
    {
        RefreshRuns();
        var response = description.Clone();
        response.Info.FutureActionTimes.Add(FutureTimes(MaxDescribedTimes));
        return response;
    }

    public ScheduleListEntry ToListEntry()
    {
        RefreshRuns();
        return new ScheduleListEntry
        {
            ScheduleId = Header.ScheduleId,
            Memo = description.Memo,
            SearchAttributes = description.SearchAttributes,
            Info = new ScheduleListInfo
            {
                Spec = Schedule.Spec.Clone(),
                WorkflowType = Schedule.Action.StartWorkflow.WorkflowType,
                Notes = Schedule.State.Notes,
                Paused = Schedule.State.Paused,
                RecentActions = { Info.Clone().RecentActions.TakeLast(MaxListedTimes) },
                FutureActionTimes = { FutureTimes(MaxListedTimes) },
            },
        };
    }

    /// <summary>The next times of the schedule. A paused schedule lists them as well.</summary>
    private IEnumerable<Timestamp> FutureTimes(int count) => Times.AllAfter(shard.Now)
        .Take(Schedule.State.LimitedActions ? (int)Math.Min(count, Schedule.State.RemainingActions) : count)
        .Select(time => Timestamp.FromDateTimeOffset(time));
}
