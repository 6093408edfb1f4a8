using Temporalio.Api.Schedule.V1;

namespace EmbeddedTemporal.Schedules;

internal sealed partial class ScheduleEntry
{
    private const int DescribedTimes = 10;
    private const int ListedTimes = 5;

    public DescribeScheduleResponse Describe()
    {
        Look();
        var shown = described.Clone();
        shown.Info.FutureActionTimes.Add(Future(DescribedTimes));
        return shown;
    }

    public ScheduleListEntry Entry()
    {
        Look();
        return new ScheduleListEntry
        {
            ScheduleId = Header.ScheduleId,
            Memo = described.Memo,
            SearchAttributes = described.SearchAttributes,
            Info = new ScheduleListInfo
            {
                Spec = Schedule.Spec.Clone(),
                WorkflowType = Schedule.Action.StartWorkflow.WorkflowType,
                Notes = Schedule.State.Notes,
                Paused = Schedule.State.Paused,
                RecentActions = { Info.Clone().RecentActions.TakeLast(ListedTimes) },
                FutureActionTimes = { Future(ListedTimes) },
            },
        };
    }

    /// <summary>Told of a paused schedule too: when it would act.</summary>
    private IEnumerable<Timestamp> Future(int count) => Times.AllAfter(shard.Now)
        .Take(Schedule.State.LimitedActions ? (int)Math.Min(count, Schedule.State.RemainingActions) : count)
        .Select(time => Timestamp.FromDateTimeOffset(time));
}
