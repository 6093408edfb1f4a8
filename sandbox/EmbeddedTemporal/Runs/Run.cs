using EmbeddedTemporal.Engine;
using EmbeddedTemporal.Runs.Activities;
using EmbeddedTemporal.Runs.WorkflowTasks;
using EmbeddedTemporal.Storage;

namespace EmbeddedTemporal.Runs;

/// <summary>
/// One workflow execution. Its history is the source of truth: every event is appended to it and folded into
/// <see cref="State"/>. Effects follow: offering tasks, setting alarms, completing waiting calls.
/// </summary>
internal sealed partial class Run
{
    private readonly List<HistoryEvent> events = [];
    private readonly SortedDictionary<long, HistoryEvent> buffer = [];
    private TaskCompletionSource? changed;
    private TimerQueue.Alarm? expiry;

    public Run(Shard shard, RunHeader header)
    {
        Shard = shard;
        Header = header;
        Task = new WorkflowTask(this);
        Activities = new PendingActivities(this);
        Timers = new UserTimers(this);
        Updates = new Updates(this);
        Queries = new Queries(this);
        CrossRun = new CrossRunActions(this);
    }

    public Shard Shard { get; }

    public RunHeader Header { get; }

    public string Namespace => Header.Namespace;

    public string RunId => Header.RunId;

    public RunState State { get; } = new();

    public WorkflowTask Task { get; }

    public PendingActivities Activities { get; }

    public UserTimers Timers { get; }

    public Updates Updates { get; }

    public Queries Queries { get; }

    public CrossRunActions CrossRun { get; }

    public IReadOnlyList<HistoryEvent> Events => events;

    public long NextEventId => events.Count + 1;

    public bool HasBuffered => buffer.Count > 0;

    public WorkflowExecution Execution => new() { WorkflowId = Header.WorkflowId, RunId = RunId };

    /// <summary>A task that completes at the next change of the run.</summary>
    public Task Changed =>
        (changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public HistoryEvent Append(HistoryEvent e)
    {
        Stamp(e);
        e.EventId = NextEventId;
        State.Link(e);
        Shard.Store.Put(new RowKey(RunId, RowKind.HistoryEvent, e.EventId), e);
        Apply(e);
        NotifyChanged();
        return e;
    }

    /// <summary>
    /// Records events for the workflow and schedules a workflow task. While a task is in flight, the events are
    /// buffered, so that the events of the task's commands directly follow the task.
    /// </summary>
    public void Record(params ReadOnlySpan<HistoryEvent> newEvents)
    {
        foreach (var e in newEvents)
        {
            if (Task.IsStarted) Buffer(e);
            else Append(e);
        }

        Task.Schedule();
    }

    /// <summary>Moves the buffered events to the history; returns false if there were none.</summary>
    public bool FlushBuffer()
    {
        if (buffer.Count == 0) return false;
        foreach (var (row, e) in buffer)
        {
            Shard.Store.Delete(new RowKey(RunId, RowKind.BufferedEvent, row));
            Append(e);
        }

        buffer.Clear();
        return true;
    }

    /// <summary>Removes the buffered fired event of a timer; returns false if there is none.</summary>
    public bool RemoveBufferedTimerFired(string timerId)
    {
        var row = buffer.FirstOrDefault(entry => entry.Value.TimerFiredEventAttributes?.TimerId == timerId).Key;
        if (!buffer.Remove(row)) return false;
        Shard.Store.Delete(new RowKey(RunId, RowKind.BufferedEvent, row));
        return true;
    }

    /// <summary>Completes the current <see cref="Changed"/> task.</summary>
    public void NotifyChanged()
    {
        changed?.TrySetResult();
        changed = null;
    }

    private void Buffer(HistoryEvent e)
    {
        Stamp(e);
        var row = buffer.Count == 0 ? 1 : buffer.Keys.Last() + 1;
        buffer.Add(row, e);
        Shard.Store.Put(new RowKey(RunId, RowKind.BufferedEvent, row), e);
    }

    private void Stamp(HistoryEvent e)
    {
        e.EventTime ??= Shard.Now.ToTimestamp();
        e.EventType = HistoryEvents.TypeOf(e);
    }

    private void Apply(HistoryEvent e)
    {
        events.Add(e);
        State.Fold(e);
    }
}

/// <summary>The properties of a run that its history does not contain.</summary>
/// <param name="Sequence">The position of the run in the start order of the server.</param>
/// <param name="RequestId">The id of the start request, which identifies a repeated request.</param>
internal sealed record RunHeader(string Namespace, string WorkflowId, string RunId, string RequestId, long Sequence);
