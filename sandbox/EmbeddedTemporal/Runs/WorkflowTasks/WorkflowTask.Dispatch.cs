using EmbeddedTemporal.Engine;
using EmbeddedTemporal.Matching;
using Temporalio.Api.TaskQueue.V1;

namespace EmbeddedTemporal.Runs.WorkflowTasks;

internal sealed partial class WorkflowTask
{
    private const int SuggestContinueAsNewEvents = 4096;
    private const int SuggestContinueAsNewBytes = 4 * 1024 * 1024;

    private StickyExecutionAttributes? sticky;

    /// <summary>The sticky queue of the worker that caches this run; null if no such queue is polled.</summary>
    public string? StickyQueue =>
        sticky is not null && run.Shard.Queues.IsStickyAlive(run.Namespace, sticky.WorkerTaskQueue.Name)
            ? sticky.WorkerTaskQueue.Name
            : null;

    public TaskToken Token => new(run.RunId, startedId, Attempt);

    private void SetSticky(StickyExecutionAttributes? attributes) =>
        sticky = attributes?.WorkerTaskQueue is { Name.Length: > 0 } ? attributes : null;

    private TaskQueue PreferredQueue() => StickyQueue is { } name
        ? new TaskQueue { Name = name, Kind = TaskQueueKind.Sticky, NormalName = run.State.Started.TaskQueue.Name }
        : run.State.Started.TaskQueue;

    private void Offer()
    {
        var stickyQueue = StickyQueue;
        if (stickyQueue is not null && sticky!.ScheduleToStartTimeout.After(run.Shard.Now) is { } due)
            alarm = run.Shard.Timers.Set(due, () => TimeOut(TimeoutType.ScheduleToStart));
        var queue = stickyQueue ?? run.State.Started.TaskQueue.Name;
        withdraw = run.Shard.Queues.Workflow(run.Namespace, queue).Offer(new QueuedTask<PollWorkflowTaskQueueResponse>(
            identity => Start(identity, stickyQueue is not null), Reroute));
    }

    private void Reroute()
    {
        alarm?.Cancel();
        sticky = null;
        Offer();
    }

    private DispatchedTask<PollWorkflowTaskQueueResponse> Start(string identity, bool fromCache)
    {
        alarm?.Cancel();
        var attributes = new WorkflowTaskStartedEventAttributes
        {
            ScheduledEventId = Attempt == 1 ? scheduledId : run.NextEventId,
            Identity = identity,
            RequestId = Guid.CreateVersion7(run.Shard.Now).ToString(),
            HistorySizeBytes = run.State.HistorySize,
            SuggestContinueAsNew = run.Events.Count >= SuggestContinueAsNewEvents
                || run.State.HistorySize >= SuggestContinueAsNewBytes,
        };
        var started = new HistoryEvent { WorkflowTaskStartedEventAttributes = attributes };
        if (Attempt == 1) run.Append(started);
        else SetUnwritten(started);
        AwaitCompletion(started.EventId, started.EventTime.ToDateTimeOffset());
        var token = Token;
        return new(Response(fromCache), () => TimeOutDispatch(token));
    }

    /// <summary>Prepares the two events of a retried attempt, with the ids that they get if it completes.</summary>
    private void SetUnwritten(HistoryEvent started)
    {
        scheduledId = run.NextEventId;
        var scheduled = new HistoryEvent
        {
            EventId = scheduledId,
            EventTime = scheduledTime.ToTimestamp(),
            EventType = EventType.WorkflowTaskScheduled,
            WorkflowTaskScheduledEventAttributes = new()
            {
                TaskQueue = run.State.Started.TaskQueue,
                StartToCloseTimeout = run.State.Started.WorkflowTaskTimeout,
                Attempt = Attempt,
            },
        };
        started.EventId = scheduledId + 1;
        started.EventTime = run.Shard.Now.ToTimestamp();
        started.EventType = EventType.WorkflowTaskStarted;
        unwritten = [scheduled, started];
    }

    private void AwaitCompletion(long startedEventId, DateTimeOffset time)
    {
        (IsScheduled, IsStarted) = (false, true);
        (startedId, startedTime, dispatchedAt) = (startedEventId, time, TimeProvider.System.GetTimestamp());
        alarm = run.Shard.Timers.Set(time + run.State.TaskTimeout, () => TimeOut(TimeoutType.StartToClose));
    }

    /// <summary>Times out at once a task whose worker left before it received the task.</summary>
    private void TimeOutDispatch(TaskToken token)
    {
        if (IsStarted && Token == token) TimeOut(TimeoutType.StartToClose);
    }

    private PollWorkflowTaskQueueResponse Response(bool fromCache)
    {
        var page = HistoryPage.Read(run, fromCache ? run.State.LastCompletedStartedId + 1 : 1, withUnwritten: true);
        var response = new PollWorkflowTaskQueueResponse
        {
            TaskToken = Token.ToBytes(),
            WorkflowExecution = run.Execution,
            WorkflowType = run.State.Started.WorkflowType,
            WorkflowExecutionTaskQueue = run.State.Started.TaskQueue,
            PreviousStartedEventId = run.State.LastCompletedStartedId,
            StartedEventId = startedId,
            Attempt = Attempt,
            ScheduledTime = scheduledTime.ToTimestamp(),
            StartedTime = startedTime.ToTimestamp(),
            History = page.History,
            NextPageToken = page.NextPageToken,
        };
        response.Messages.AddRange(run.Updates.RequestMessages(startedId));
        run.Queries.Attach(response);
        return response;
    }
}
