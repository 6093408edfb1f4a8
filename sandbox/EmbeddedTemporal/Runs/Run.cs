using EmbeddedTemporal.Engine;
using EmbeddedTemporal.Runs.Activities;
using EmbeddedTemporal.Runs.WorkflowTasks;
using EmbeddedTemporal.Storage;

namespace EmbeddedTemporal.Runs;

/// <summary>
/// One workflow execution. Its history is the truth: what happens is appended to it and folded into
/// <see cref="State"/>; effects (offering tasks, setting alarms, answering waiters) come after.
/// </summary>
internal sealed partial class Run
{
    private readonly List<HistoryEvent> events = [];
    private readonly SortedDictionary<long, HistoryEvent> buffer = [];
    private TaskCompletionSource? waiting;
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
        CrossRun = new CrossRun(this);
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

    public CrossRun CrossRun { get; }

    public IReadOnlyList<HistoryEvent> Events => events;

    public long NextEventId => events.Count + 1;

    public bool HasBuffered => buffer.Count > 0;

    public WorkflowExecution Execution => new() { WorkflowId = Header.WorkflowId, RunId = RunId };

    /// <summary>Ends when something about this run changes.</summary>
    public Task Changed =>
        (waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public HistoryEvent Append(HistoryEvent e)
    {
        Stamp(e);
        e.EventId = NextEventId;
        State.Link(e);
        Shard.Store.Put(new RowKey(RunId, RowKind.HistoryEvent, e.EventId), e);
        Take(e);
        Pulse();
        return e;
    }

    /// <summary>
    /// Records what the workflow must be told. While a workflow task is in flight it waits in the buffer, so that
    /// the events of the task's commands directly follow the task.
    /// </summary>
    public void Record(params ReadOnlySpan<HistoryEvent> happened)
    {
        foreach (var e in happened)
        {
            if (Task.IsStarted) Buffer(e);
            else Append(e);
        }

        Task.Schedule();
    }

    /// <summary>Moves the buffer to the history; true if there was anything.</summary>
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

    /// <summary>Takes back a timer's firing of which the workflow has not been told; false if there is none.</summary>
    public bool DropBufferedFiring(string timerId)
    {
        var row = buffer.FirstOrDefault(entry => entry.Value.TimerFiredEventAttributes?.TimerId == timerId).Key;
        if (!buffer.Remove(row)) return false;
        Shard.Store.Delete(new RowKey(RunId, RowKind.BufferedEvent, row));
        return true;
    }

    /// <summary>Wakes those who wait for a change.</summary>
    public void Pulse()
    {
        waiting?.TrySetResult();
        waiting = null;
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

    private void Take(HistoryEvent e)
    {
        events.Add(e);
        State.Fold(e);
    }
}

/// <summary>What is known of a run apart from its history.</summary>
/// <param name="Sequence">Counts the runs of the server in the order of their start.</param>
/// <param name="RequestId">The request that started the run, to recognise its repetition.</param>
internal sealed record RunHeader(string Namespace, string WorkflowId, string RunId, string RequestId, long Sequence);
