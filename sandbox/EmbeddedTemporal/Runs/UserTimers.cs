using EmbeddedTemporal.Engine;
using Temporalio.Api.Command.V1;

namespace EmbeddedTemporal.Runs;

/// <summary>The open timers of a workflow.</summary>
internal sealed class UserTimers(Run run)
{
    private readonly Dictionary<string, TimerQueue.Alarm> alarms = [];

    public void Start(StartTimerCommandAttributes command, HistoryEvent e, long completedId)
    {
        e.TimerStartedEventAttributes = new()
        {
            TimerId = command.TimerId,
            StartToFireTimeout = command.StartToFireTimeout.Capped(),
            WorkflowTaskCompletedEventId = completedId,
        };
        Arm(run.Append(e));
    }

    public void Cancel(string timerId, HistoryEvent e, long completedId, string identity)
    {
        var started = run.State.Timers[timerId];
        if (alarms.Remove(timerId, out var alarm)) alarm.Cancel();
        else run.RemoveBufferedTimerFired(timerId);
        e.TimerCanceledEventAttributes = new()
        {
            TimerId = timerId,
            StartedEventId = started.EventId,
            WorkflowTaskCompletedEventId = completedId,
            Identity = identity,
        };
        run.Append(e);
    }

    public void Resume(IEnumerable<HistoryEvent> buffered)
    {
        var fired = buffered.Select(e => e.TimerFiredEventAttributes?.TimerId).ToHashSet();
        foreach (var started in run.State.Timers.Values)
        {
            if (!fired.Contains(started.TimerStartedEventAttributes.TimerId)) Arm(started);
        }
    }

    public void Close()
    {
        foreach (var alarm in alarms.Values) alarm.Cancel();
        alarms.Clear();
    }

    private void Arm(HistoryEvent started)
    {
        var timer = started.TimerStartedEventAttributes;
        var due = started.EventTime.ToDateTimeOffset() + timer.StartToFireTimeout.OrZero();
        alarms[timer.TimerId] = run.Shard.Timers.Set(due, () =>
        {
            alarms.Remove(timer.TimerId);
            run.Record(new HistoryEvent
            {
                TimerFiredEventAttributes = new() { TimerId = timer.TimerId, StartedEventId = started.EventId },
            });
        });
    }
}
