using EmbeddedTemporal.Storage;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.Workflow.V1;

namespace EmbeddedTemporal.Runs;

/// <summary>
/// An activity that has not ended. Its attempts do not show in the history; their state is <see cref="Progress"/>,
/// stored in the form in which Temporal describes pending activities. The start is written with the end.
/// </summary>
internal sealed partial class ActivityState
{
    private readonly Run run;
    private readonly HistoryEvent scheduled;
    private readonly ActivityDeadlines deadlines;
    private TimerQueue.Alarm? alarm;
    private int stamp;

    public ActivityState(Run run, HistoryEvent scheduled, PendingActivityInfo? progress)
    {
        this.run = run;
        this.scheduled = scheduled;
        deadlines = new ActivityDeadlines(Attributes, scheduled.EventTime.ToDateTimeOffset());
        Progress = progress ?? new PendingActivityInfo
        {
            ActivityId = Attributes.ActivityId,
            ActivityType = Attributes.ActivityType,
            State = PendingActivityState.Scheduled,
            Attempt = 1,
            MaximumAttempts = Attributes.RetryPolicy.MaximumAttempts,
            ScheduledTime = scheduled.EventTime,
            ExpirationTime = deadlines.Expiry?.ToTimestamp(),
        };
        Arm();
    }

    public PendingActivityInfo Progress { get; }

    public ActivityTaskScheduledEventAttributes Attributes => scheduled.ActivityTaskScheduledEventAttributes;

    public bool IsStarted => Progress.State != PendingActivityState.Scheduled;

    /// <summary>Whether a worker has it, or could have it at once.</summary>
    public bool IsDue => IsStarted || Progress.ScheduledTime.ToDateTimeOffset() <= run.Shard.Now;

    public TaskToken Token => new(run.RunId, scheduled.EventId, Progress.Attempt);

    public bool CancelRequested => run.State.ActivityCancels.ContainsKey(scheduled.EventId);

    public void Heartbeat(Payloads? details)
    {
        Progress.LastHeartbeatTime = run.Shard.Now.ToTimestamp();
        Progress.HeartbeatDetails = details;
        Save();
        Arm();
    }

    public void Complete(Payloads? result, string identity) => End(new HistoryEvent
    {
        ActivityTaskCompletedEventAttributes =
            new() { ScheduledEventId = scheduled.EventId, Result = result, Identity = identity },
    });

    public void Cancel(Payloads? details, string identity) => End(new HistoryEvent
    {
        ActivityTaskCanceledEventAttributes =
            new() { ScheduledEventId = scheduled.EventId, Details = details, Identity = identity },
    });

    /// <summary>An attempt failed: tries again after a while, or ends the activity.</summary>
    public void Fail(Failure failure, Payloads? lastHeartbeat, string identity)
    {
        Progress.HeartbeatDetails = lastHeartbeat ?? Progress.HeartbeatDetails;
        if (TryAgain(failure) is not { } state) return;
        End(new HistoryEvent
        {
            ActivityTaskFailedEventAttributes = new()
            {
                ScheduledEventId = scheduled.EventId,
                Failure = failure,
                RetryState = state,
                Identity = identity,
            },
        });
    }

    /// <summary>The workflow wants it cancelled: done at once if no worker has it, else the heartbeat says so.</summary>
    public void RequestCancel()
    {
        if (IsStarted)
        {
            Progress.State = PendingActivityState.CancelRequested;
            Save();
            return;
        }

        Close();
        run.Activities.Remove(scheduled.EventId);
        run.Append(new HistoryEvent
        {
            ActivityTaskCanceledEventAttributes = new() { ScheduledEventId = scheduled.EventId },
        });
        run.Activities.NeedsTask = true;
    }

    public void Close()
    {
        alarm?.Cancel();
        stamp++;
        run.Shard.Store.Delete(Row);
    }

    private RowKey Row => new(run.RunId, RowKind.ActivityProgress, scheduled.EventId);

    private void Save() => run.Shard.Store.Put(Row, Progress);

    /// <summary>Null if there will be another attempt, else why there is none.</summary>
    private RetryState? TryAgain(Failure failure)
    {
        var now = run.Shard.Now;
        var (state, delay) = CancelRequested
            ? (RetryState.CancelRequested, default)
            : RetryPolicies.Next(Attributes.RetryPolicy, Progress.Attempt, failure, now, deadlines.Expiry);
        if (state != RetryState.InProgress) return state;
        Progress.State = PendingActivityState.Scheduled;
        Progress.Attempt++;
        Progress.LastFailure = failure;
        Progress.LastAttemptCompleteTime = now.ToTimestamp();
        Progress.ScheduledTime = (now + delay).ToTimestamp();
        Progress.NextAttemptScheduleTime = Progress.ScheduledTime;
        Progress.CurrentRetryInterval = Duration.FromTimeSpan(delay);
        Save();
        Arm();
        return null;
    }

    private void End(HistoryEvent ended)
    {
        Close();
        run.Activities.Remove(scheduled.EventId);
        if (!IsStarted)
        {
            run.Record(ended);
            return;
        }

        var started = new HistoryEvent
        {
            EventTime = Progress.LastStartedTime,
            ActivityTaskStartedEventAttributes = new()
            {
                ScheduledEventId = scheduled.EventId,
                Identity = Progress.LastWorkerIdentity,
                RequestId = Token.ToBytes().ToStringUtf8(),
                Attempt = Progress.Attempt,
                LastFailure = Progress.LastFailure,
            },
        };
        run.Record(started, ended);
    }
}
