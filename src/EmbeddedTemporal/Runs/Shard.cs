using EmbeddedTemporal.Matching;
using EmbeddedTemporal.Rpc;
using EmbeddedTemporal.Schedules;
using EmbeddedTemporal.Storage;
using Microsoft.Extensions.Logging;

namespace EmbeddedTemporal.Runs;

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

    /// <summary>Does the work under the lock and returns its result once all it saw and wrote is durable.</summary>
    public async Task<T> Turn<T>(Func<T> work)
    {
        Task durable;
        try
        {
            T result;
            lock (gate)
            {
                try
                {
                    Runs.RemoveExpired();
                    result = work();
                }
                finally
                {
                    durable = EndTurn();
                }
            }

            await durable;
            return result;
        }
        catch (RpcException)
        {
            // A refusal can have written events too: see UnhandledCommand.
            await Flushed();
            throw;
        }
        catch (IOException failed)
        {
            throw TemporalErrors.Unavailable(failed.Message);
        }
    }

    public Task Turn(Action work) => Turn(() =>
    {
        work();
        return true;
    });

    /// <summary>Does work for which nobody waits; a failure goes to the log.</summary>
    public async void Unattended(Action work)
    {
        try
        {
            await Turn(work);
        }
        catch (Exception failed)
        {
            LogUnattendedFailure(failed);
        }
    }

    /// <summary>Waits until all that was written so far is durable.</summary>
    public Task Flushed()
    {
        lock (gate) return Store.Commit();
    }

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

    private Task EndTurn()
    {
        do
        {
            while (effects.TryDequeue(out var next) || matches.TryDequeue(out next)) next();
        }
        while (Timers.FireDue());
        Timers.Arm();
        TurnEnded?.Invoke();
        return Store.Commit();
    }

    [LoggerMessage(1, LogLevel.Critical, "The embedded Temporal server failed at work that no caller waits for")]
    private partial void LogUnattendedFailure(Exception failed);
}
