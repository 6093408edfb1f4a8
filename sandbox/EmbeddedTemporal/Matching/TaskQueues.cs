namespace EmbeddedTemporal.Matching;

/// <summary>All task queues of a server, by namespace and name. A queue is created on its first use.</summary>
internal sealed class TaskQueues(Func<DateTimeOffset> now, Action<Action> matchLater)
{
    /// <summary>
    /// The time without a poll after which a sticky queue is offered no tasks; the same as Temporal's.
    /// </summary>
    private static readonly TimeSpan StickyPollerTimeout = TimeSpan.FromSeconds(10);

    private readonly Dictionary<(string Namespace, string Name), TaskQueue<PollWorkflowTaskQueueResponse>> workflow =
        [];
    private readonly ClosedNames closed = new(now);
    private readonly Dictionary<(string Namespace, string Name), TaskQueue<PollActivityTaskQueueResponse>> activity =
        [];

    /// <summary>
    /// The queue of workflow tasks. A poll that arrives after the shutdown of its worker gets a queue of its own: the
    /// shared one would be offered tasks that no worker takes.
    /// </summary>
    public TaskQueue<PollWorkflowTaskQueueResponse> Workflow(string ns, string name) => closed.Contains((ns, name))
        ? new TaskQueue<PollWorkflowTaskQueueResponse>(now, matchLater)
        : Get(workflow, ns, name);

    public TaskQueue<PollActivityTaskQueueResponse> Activity(string ns, string name) => Get(activity, ns, name);

    public bool IsStickyAlive(string ns, string name) =>
        workflow.TryGetValue((ns, name), out var queue) && queue.IsPolledSince(now() - StickyPollerTimeout);

    /// <summary>Removes the sticky queue of a worker that shuts down. Its name is not used again.</summary>
    public void CloseSticky(string ns, string name)
    {
        closed.Add((ns, name));
        RemoveSticky(ns, name);
    }

    /// <summary>Removes the sticky queue of a lost worker; its waiting tasks move to the normal queues.</summary>
    public void RemoveSticky(string ns, string name)
    {
        if (!workflow.Remove((ns, name), out var queue)) return;
        foreach (var task in queue.Drain()) task.Reroute();
    }

    private TaskQueue<T> Get<T>(Dictionary<(string, string), TaskQueue<T>> queues, string ns, string name)
        where T : class
    {
        if (queues.TryGetValue((ns, name), out var queue)) return queue;
        return queues[(ns, name)] = new TaskQueue<T>(now, matchLater);
    }
}
