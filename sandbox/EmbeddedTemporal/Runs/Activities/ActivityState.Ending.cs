using EmbeddedTemporal.Engine;
using Temporalio.Api.Failure.V1;

namespace EmbeddedTemporal.Runs.Activities;

internal sealed partial class ActivityState
{
    /// <summary>Ends the activity with a result. One over the limit fails it, as in Temporal.</summary>
    public void Complete(Payloads? result, string identity)
    {
        if (result.IsTooLarge())
        {
            Fail(SizeFailure("Complete result exceeds size limit."), null, identity);
            return;
        }

        End(new HistoryEvent
        {
            ActivityTaskCompletedEventAttributes =
                new() { ScheduledEventId = scheduled.EventId, Result = result, Identity = identity },
        });
    }

    public void Cancel(Payloads? details, string identity) => End(new HistoryEvent
    {
        ActivityTaskCanceledEventAttributes =
            new() { ScheduledEventId = scheduled.EventId, Details = details, Identity = identity },
    });

    /// <summary>Handles a failed attempt: schedules a retry or ends the activity.</summary>
    public void Fail(Failure failure, Payloads? lastHeartbeat, string identity)
    {
        Progress.HeartbeatDetails = lastHeartbeat ?? Progress.HeartbeatDetails;
        if (TryScheduleRetry(failure) is not { } state) return;
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

    /// <summary>The failure of an activity whose contents are over the limit. It is not retried.</summary>
    public static Failure SizeFailure(string message) =>
        new() { Message = message, ServerFailureInfo = new() { NonRetryable = true } };

    /// <summary>A failure in the place of one over the limit. It has the message and type, without details.</summary>
    public static Failure Shorten(Failure failure)
    {
        const int characters = 4096;
        return new()
        {
            Message = "Failure exceeds size limit.",
            ServerFailureInfo = new() { NonRetryable = failure.ApplicationFailureInfo.NonRetryable },
            Cause = new()
            {
                Message = failure.Message[..Math.Min(failure.Message.Length, characters)],
                ApplicationFailureInfo = new()
                {
                    Type = failure.ApplicationFailureInfo.Type,
                    NonRetryable = failure.ApplicationFailureInfo.NonRetryable,
                },
            },
        };
    }

    private void TimeOut(TimeoutType type)
    {
        var failure = new Failure
        {
            Message = $"activity {type} timeout",
            TimeoutFailureInfo = new()
            {
                TimeoutType = type,
                LastHeartbeatDetails = Progress.HeartbeatDetails,
            },
        };
        if (TryScheduleRetry(failure) is not { } state) return;
        failure.Cause = Progress.LastFailure;
        End(new HistoryEvent
        {
            ActivityTaskTimedOutEventAttributes = new()
            {
                ScheduledEventId = scheduled.EventId,
                Failure = failure,
                RetryState = type is TimeoutType.ScheduleToClose ? RetryState.Timeout : state,
            },
        });
    }

    /// <summary>Schedules the next attempt and returns null, or returns the reason for not retrying.</summary>
    private RetryState? TryScheduleRetry(Failure failure)
    {
        var now = run.Shard.Now;
        var (state, delay) = IsCancelRequested
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

    private void End(HistoryEvent endEvent)
    {
        Close();
        run.Activities.Remove(scheduled.EventId);
        if (!IsStarted)
        {
            run.Record(endEvent);
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
        run.Record(started, endEvent);
    }
}
