using EmbeddedTemporal.Matching;
using EmbeddedTemporal.Runs;
using EmbeddedTemporal.Schedules;
using EmbeddedTemporal.Storage;
using Microsoft.Extensions.Logging;

namespace EmbeddedTemporal.Engine;

/// <summary>
/// Everything the server knows, behind one lock. Work happens in turns: a turn holds the lock, never waits, and
/// changes any number of runs; what it wrote becomes durable as a unit, and only then does its caller get the
/// result. So an action between two runs needs no outbox: the parent's event and the child's row are one unit.
/// </summary>
internal sealed partial class Shard : IDisposable
{
    private readonly Lock gate = new();
    private readonly Queue<Action> effects = new();
    private readonly Queue<Action> matches = new();

    private readonly ILogger<Shard> logger;

    public Shard(TimeProvider time, IRunStore store, ILogger<Shard> logger)
    {
        this.logger = logger;
        Time = time;
        Store = store;
        Timers = new TimerQueue(time, () => Unattended(static () => { }));
        Queues = new TaskQueues(time.GetUtcNow, matches.Enqueue);
        Namespaces = new Namespaces(this);
        Runs = new RunRegistry(this);
        Schedules = new ScheduleRegistry(this);
    }

    /// <summary>Raised at the end of every turn, under the lock.</summary>
    public event Action? TurnEnded;

    public TimeProvider Time { get; }

    public IRunStore Store { get; }

    public TimerQueue Timers { get; }

    public TaskQueues Queues { get; }

    public Namespaces Namespaces { get; }

    public RunRegistry Runs { get; }

    public ScheduleRegistry Schedules { get; }

    public Dictionary<string, Query> DirectQueries { get; } = [];

    /// <summary>Cancelled when the server stops: ends the waiting polls.</summary>
    public CancellationTokenSource Stopping { get; } = new();

    public DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>Does something after the current work of this turn, but within the turn.</summary>
    public void Afterwards(Action effect) => effects.Enqueue(effect);

    /// <summary>Does something under the lock, outside of any turn.</summary>
    public void Locked(Action action)
    {
        lock (gate) action();
    }

    public void Dispose()
    {
        Timers.Dispose();
        Stopping.Dispose();
    }
}
