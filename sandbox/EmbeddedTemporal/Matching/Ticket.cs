namespace EmbeddedTemporal.Matching;

/// <summary>A task that waits in a queue.</summary>
/// <param name="Start">
/// Starts the task for the worker of that identity; null when the task is no longer wanted.
/// </param>
/// <param name="Reroute">Offers the task elsewhere, because nobody polls this queue any more.</param>
internal sealed record Ticket<T>(Func<string, Dispatched<T>?> Start, Action Reroute)
    where T : class;

/// <summary>A started task on its way to a worker.</summary>
/// <param name="Response">The answer to the worker's poll.</param>
/// <param name="Return">Takes the start back, because the worker left before it got the answer.</param>
internal sealed record Dispatched<T>(T Response, Action Return)
    where T : class;

/// <summary>A worker's waiting poll.</summary>
internal sealed class Poller<T>(string identity)
    where T : class
{
    private readonly TaskCompletionSource<Dispatched<T>?> answer =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Identity => identity;

    public Task<Dispatched<T>?> Answered => answer.Task;

    public void Answer(Dispatched<T>? dispatched) => answer.TrySetResult(dispatched);
}
