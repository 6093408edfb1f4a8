using EmbeddedTemporal.Matching;
using EmbeddedTemporal.Runs;
using EmbeddedTemporal.Schedules;
using EmbeddedTemporal.Storage;
using EmbeddedTemporal.Visibility;
using Microsoft.Extensions.Logging;

namespace EmbeddedTemporal.Engine;

/// <summary>
/// The complete state of the server, protected by one lock. A unit of work holds the lock, never waits, and can change
/// any number of runs. Its writes become durable together, and only then does the caller get the result. An action
/// between two runs therefore needs no outbox: the parent's event and the child's row belong to the same unit.
/// </summary>
internal sealed partial class Shard : IDisposable
{
    private readonly Lock gate = new();
    private readonly Queue<Action> deferred = new();
    private readonly Queue<Action> matches = new();

    private readonly ILogger<Shard> logger;

    public Shard(TimeProvider time, IRunStore store, ILogger<Shard> logger)
    {
        this.logger = logger;
        Time = time;
        Store = store;
        Timers = new TimerQueue(time, () => ExecuteInBackground(static () => { }));
        Queues = new TaskQueues(time.GetUtcNow, matches.Enqueue);
        Namespaces = new Namespaces(this);
        SearchAttributes = new SearchAttributeRegistry(this);
        Runs = new RunRegistry(this);
        Schedules = new ScheduleRegistry(this);
    }

    /// <summary>Raised at the end of every unit of work, under the lock.</summary>
    public event Action? WorkCompleted;

    public TimeProvider Time { get; }

    public IRunStore Store { get; }

    public TimerQueue Timers { get; }

    public TaskQueues Queues { get; }

    public Namespaces Namespaces { get; }

    public SearchAttributeRegistry SearchAttributes { get; }

    public RunRegistry Runs { get; }

    public ScheduleRegistry Schedules { get; }

    public Dictionary<string, Query> DirectQueries { get; } = [];

    /// <summary>Cancelled when the server stops, which ends the waiting polls.</summary>
    public CancellationTokenSource Stopping { get; } = new();

    public DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>Runs an action after the current work, within the same unit of work.</summary>
    public void Defer(Action action) => deferred.Enqueue(action);

    /// <summary>Runs an action under the lock, outside any unit of work.</summary>
    public void WithLock(Action action)
    {
        lock (gate) action();
    }

    public void Dispose()
    {
        Timers.Dispose();
        Stopping.Dispose();
    }
}
