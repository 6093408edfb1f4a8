using Temporalio.Api.TaskQueue.V1;

namespace EmbeddedTemporal.Matching;

/// <summary>One task queue of one kind: waiting tasks and waiting pollers, both first in, first out.</summary>
/// <param name="now">Time of the server's clock.</param>
/// <param name="matchLater">Asks for <see cref="Match"/> at the end of the current turn.</param>
internal sealed class TaskQueue<T>(Func<DateTimeOffset> now, Action<Action> matchLater)
    where T : class
{
    /// <summary>How long a worker that is not heard of counts as polling, as in Temporal's matching service.</summary>
    private static readonly TimeSpan PollerLifetime = TimeSpan.FromMinutes(5);

    private readonly LinkedList<Ticket<T>> tickets = [];
    private readonly LinkedList<Poller<T>> pollers = [];
    private readonly Dictionary<string, DateTimeOffset> seen = [];

    public int Backlog => tickets.Count;

    public bool IsPolledSince(DateTimeOffset time) => pollers.Count > 0 || seen.Values.Any(last => last >= time);

    /// <summary>
    /// Returns what takes the offer back; it does nothing once the ticket has left the queue. Whoever no longer wants
    /// the task must call it: nobody may ever poll here, and the ticket keeps its run in memory.
    /// </summary>
    public Action Offer(Ticket<T> ticket)
    {
        var place = tickets.AddLast(ticket);
        matchLater(Match);
        return () => place.List?.Remove(place);
    }

    public void Add(Poller<T> poller)
    {
        seen[poller.Identity] = now();
        pollers.AddLast(poller);
        matchLater(Match);
    }

    /// <summary>Ends a poll without a task, unless it has been answered already.</summary>
    public void Remove(Poller<T> poller)
    {
        if (pollers.Remove(poller)) poller.Answer(null);
    }

    /// <summary>A worker said goodbye or its connection broke: it no longer counts as polling.</summary>
    public void Forget(string identity)
    {
        if (pollers.All(poller => poller.Identity != identity)) seen.Remove(identity);
    }

    /// <summary>Takes all waiting tasks away, to offer them elsewhere.</summary>
    public IReadOnlyList<Ticket<T>> Drain()
    {
        Ticket<T>[] drained = [.. tickets];
        tickets.Clear();
        return drained;
    }

    public IEnumerable<PollerInfo> Pollers()
    {
        var oldest = now() - PollerLifetime;
        foreach (var gone in seen.Where(entry => entry.Value < oldest).Select(entry => entry.Key).ToList())
        {
            if (pollers.All(poller => poller.Identity != gone)) seen.Remove(gone);
        }

        return seen.Select(entry => new PollerInfo
        {
            Identity = entry.Key,
            LastAccessTime = Timestamp.FromDateTimeOffset(entry.Value),
            RatePerSecond = 100_000,
        });
    }

    private void Match()
    {
        while (tickets.First is { } ticket && pollers.First is { } poller)
        {
            tickets.RemoveFirst();
            if (ticket.Value.Start(poller.Value.Identity) is not { } dispatched) continue;
            pollers.RemoveFirst();
            seen[poller.Value.Identity] = now();
            poller.Value.Answer(dispatched);
        }
    }
}
