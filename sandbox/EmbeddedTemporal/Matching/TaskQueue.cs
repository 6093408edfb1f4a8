using Temporalio.Api.TaskQueue.V1;

namespace EmbeddedTemporal.Matching;

/// <summary>A task queue of one kind. Waiting tasks and waiting pollers are both first in, first out.</summary>
/// <param name="now">Returns the time of the server's clock.</param>
/// <param name="matchLater">Schedules <see cref="Match"/> for the end of the current unit of work.</param>
internal sealed class TaskQueue<T>(Func<DateTimeOffset> now, Action<Action> matchLater)
    where T : class
{
    /// <summary>The time for which a worker is listed after its last poll, as in Temporal's matching service.</summary>
    private static readonly TimeSpan PollerLifetime = TimeSpan.FromMinutes(5);

    private readonly LinkedList<QueuedTask<T>> tasks = [];
    private readonly LinkedList<Poller<T>> pollers = [];
    private readonly Dictionary<string, DateTimeOffset> lastSeen = [];

    public int Backlog => tasks.Count;

    public bool IsPolledSince(DateTimeOffset time) => pollers.Count > 0 || lastSeen.Values.Any(last => last >= time);

    /// <summary>
    /// Adds a task. The returned action withdraws it, or does nothing once the task has left the queue. An owner that
    /// no longer needs the task must call it: the queue may never be polled, and the task keeps its run in memory.
    /// </summary>
    public Action Offer(QueuedTask<T> task)
    {
        var node = tasks.AddLast(task);
        matchLater(Match);
        return () => node.List?.Remove(node);
    }

    public void Add(Poller<T> poller)
    {
        lastSeen[poller.Identity] = now();
        pollers.AddLast(poller);
        matchLater(Match);
    }

    /// <summary>Ends a poll without a task, unless the poll has already completed.</summary>
    public void Remove(Poller<T> poller)
    {
        if (pollers.Remove(poller)) poller.Complete(null);
    }

    /// <summary>Removes a worker that shut down or lost its connection from the list of pollers.</summary>
    public void Forget(string identity)
    {
        if (pollers.All(poller => poller.Identity != identity)) lastSeen.Remove(identity);
    }

    /// <summary>Removes and returns all waiting tasks, to offer them elsewhere.</summary>
    public IReadOnlyList<QueuedTask<T>> Drain()
    {
        QueuedTask<T>[] drained = [.. tasks];
        tasks.Clear();
        return drained;
    }

    public IEnumerable<PollerInfo> Pollers()
    {
        var oldest = now() - PollerLifetime;
        foreach (var identity in lastSeen.Where(entry => entry.Value < oldest).Select(entry => entry.Key).ToList())
            Forget(identity);

        return lastSeen.Select(entry => new PollerInfo
        {
            Identity = entry.Key,
            LastAccessTime = Timestamp.FromDateTimeOffset(entry.Value),
            RatePerSecond = 100_000,
        });
    }

    private void Match()
    {
        while (tasks.First is { } task && pollers.First is { } poller)
        {
            tasks.RemoveFirst();
            if (task.Value.Start(poller.Value.Identity) is not { } dispatched) continue;
            pollers.RemoveFirst();
            lastSeen[poller.Value.Identity] = now();
            poller.Value.Complete(dispatched);
        }
    }
}
