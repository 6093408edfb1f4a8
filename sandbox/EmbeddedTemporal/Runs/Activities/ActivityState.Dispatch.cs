using EmbeddedTemporal.Engine;
using EmbeddedTemporal.Matching;
using EmbeddedTemporal.Runs.WorkflowTasks;

namespace EmbeddedTemporal.Runs.Activities;

internal sealed partial class ActivityState
{
    /// <summary>Sets the alarm for the attempt's start or the earliest timeout, and offers a due attempt.</summary>
    private void Arm()
    {
        alarm?.Cancel();
        var due = Progress.ScheduledTime.ToDateTimeOffset();
        var deadline = deadlines.Next(Progress);
        if (!IsDue && !(deadline?.At < due)) alarm = run.Shard.Timers.Set(due, Arm);
        else if (deadline is { } next) alarm = run.Shard.Timers.Set(next.At, () => TimeOut(next.Type));
        if (!IsStarted && IsDue) Offer();
    }

    private void Offer()
    {
        withdraw?.Invoke();
        withdraw = run.Shard.Queues.Activity(run.Namespace, Attributes.TaskQueue.Name)
            .Offer(new QueuedTask<PollActivityTaskQueueResponse>(Start, Offer));
    }

    private DispatchedTask<PollActivityTaskQueueResponse> Start(string identity)
    {
        lastContact = TimeProvider.System.GetTimestamp();
        Progress.State = PendingActivityState.Started;
        Progress.LastStartedTime = run.Shard.Now.ToTimestamp();
        Progress.LastWorkerIdentity = identity;
        Progress.NextAttemptScheduleTime = null;
        Save();
        Arm();
        var token = Token;
        return new(Response(), () => RevertStart(token));
    }

    /// <summary>Reverts the start of an attempt whose worker left before it received the task.</summary>
    private void RevertStart(TaskToken token)
    {
        if (!run.Activities.IsInFlight(token) || IsCancelRequested) return;
        Progress.State = PendingActivityState.Scheduled;
        Save();
        Arm();
    }

    private PollActivityTaskQueueResponse Response() => new()
    {
        TaskToken = Token.ToBytes(),
        WorkflowNamespace = run.Namespace,
        WorkflowType = run.State.Started.WorkflowType,
        WorkflowExecution = run.Execution,
        ActivityType = Attributes.ActivityType,
        ActivityId = Attributes.ActivityId,
        Header = Attributes.Header,
        Input = Attributes.Input,
        HeartbeatDetails = Progress.HeartbeatDetails,
        ScheduledTime = scheduled.EventTime,
        CurrentAttemptScheduledTime = Progress.ScheduledTime,
        StartedTime = Progress.LastStartedTime,
        Attempt = Progress.Attempt,
        ScheduleToCloseTimeout = Attributes.ScheduleToCloseTimeout,
        StartToCloseTimeout = Attributes.StartToCloseTimeout,
        HeartbeatTimeout = Attributes.HeartbeatTimeout,
        RetryPolicy = Attributes.RetryPolicy,
        Priority = Attributes.Priority,
    };
}
