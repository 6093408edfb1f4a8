using EmbeddedTemporal.Engine;
using EmbeddedTemporal.Rpc;
using EmbeddedTemporal.Runs.WorkflowTasks;
using Temporalio.Api.Command.V1;
using Temporalio.Api.TaskQueue.V1;
using Temporalio.Api.Workflow.V1;

namespace EmbeddedTemporal.Runs.Activities;

/// <summary>The open activities of a run, by scheduled event id.</summary>
internal sealed class PendingActivities(Run run)
{
    private readonly SortedDictionary<long, ActivityState> pending = [];

    public IReadOnlyCollection<ActivityState> Pending => pending.Values;

    /// <summary>Whether an activity ended while commands were applied, which requires a new workflow task.</summary>
    public bool NeedsWorkflowTask { get; set; }

    public void Schedule(ScheduleActivityTaskCommandAttributes command, HistoryEvent e, long completedId)
    {
        var scheduleToClose = command.ScheduleToCloseTimeout.Capped() ?? new Duration();
        var startToClose = command.StartToCloseTimeout.IsSet()
            ? command.StartToCloseTimeout.Capped()
            : scheduleToClose;
        var queue = command.TaskQueue is { Name.Length: > 0 } named ? named.Name : run.State.Started.TaskQueue.Name;
        e.ActivityTaskScheduledEventAttributes = new()
        {
            ActivityId = command.ActivityId,
            ActivityType = command.ActivityType,
            TaskQueue = new TaskQueue { Name = queue, Kind = TaskQueueKind.Normal },
            Header = command.Header,
            Input = command.Input,
            ScheduleToCloseTimeout = scheduleToClose,
            ScheduleToStartTimeout = command.ScheduleToStartTimeout.Capped() ?? scheduleToClose,
            StartToCloseTimeout = startToClose,
            HeartbeatTimeout = command.HeartbeatTimeout.Capped() ?? new Duration(),
            WorkflowTaskCompletedEventId = completedId,
            RetryPolicy = RetryPolicies.WithDefaults(command.RetryPolicy),
            Priority = command.Priority,
        };
        run.Append(e);
        pending.Add(e.EventId, new ActivityState(run, e, null));
    }

    /// <summary>
    /// Requests the cancellation of an activity. The event is written even if the activity's end is already buffered,
    /// because the worker's replay expects it.
    /// </summary>
    public void RequestCancel(long scheduledId, HistoryEvent e, long completedId)
    {
        e.ActivityTaskCancelRequestedEventAttributes = new()
        {
            ScheduledEventId = scheduledId,
            WorkflowTaskCompletedEventId = completedId,
        };
        run.Append(e);
        if (pending.TryGetValue(scheduledId, out var activity)) activity.RequestCancel();
    }

    public bool IsInFlight(TaskToken token) =>
        pending.TryGetValue(token.EventId, out var activity)
        && activity.IsStarted && activity.Progress.Attempt == token.Attempt;

    public ActivityState Require(TaskToken token) =>
        run.State.IsOpen && IsInFlight(token) ? pending[token.EventId] : throw NotFound();

    /// <summary>Returns the started activity with the given id, for a completion from outside its worker.</summary>
    public ActivityState Require(string activityId) =>
        pending.Values.FirstOrDefault(activity => activity.Progress.ActivityId == activityId && activity.IsStarted)
        ?? throw NotFound();

    public void Remove(long scheduledId) => pending.Remove(scheduledId);

    public void Resume(
        IEnumerable<HistoryEvent> buffered, IReadOnlyDictionary<long, PendingActivityInfo> progress)
    {
        var ended = buffered.Select(HistoryEvents.EndedActivity).ToHashSet();
        foreach (var (id, scheduled) in run.State.Activities)
        {
            if (!ended.Contains(id))
                pending.Add(id, new ActivityState(run, scheduled, progress.GetValueOrDefault(id)));
        }
    }

    public void Close()
    {
        foreach (var activity in pending.Values) activity.Close();
        pending.Clear();
    }

    public static RpcException NotFound() => TemporalErrors.NotFound(
        "invalid activityID or activity already timed out or invoking workflow is completed");
}
