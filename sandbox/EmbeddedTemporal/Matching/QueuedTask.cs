namespace EmbeddedTemporal.Matching;

/// <summary>A task that waits in a queue.</summary>
/// <param name="Start">
/// Starts the task for the worker with the given identity; returns null if the task is no longer needed.
/// </param>
/// <param name="Reroute">Offers the task to another queue, because this one is no longer polled.</param>
internal sealed record QueuedTask<T>(Func<string, DispatchedTask<T>?> Start, Action Reroute)
    where T : class;

/// <summary>A started task that is being sent to a worker.</summary>
/// <param name="Response">The response to the worker's poll.</param>
/// <param name="Return">Reverts the start, because the worker left before it received the response.</param>
internal sealed record DispatchedTask<T>(T Response, Action Return)
    where T : class;

/// <summary>A worker's waiting poll.</summary>
internal sealed class Poller<T>(string identity)
    where T : class
{
    private readonly TaskCompletionSource<DispatchedTask<T>?> result =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Identity => identity;

    public Task<DispatchedTask<T>?> Result => result.Task;

    public void Complete(DispatchedTask<T>? task) => result.TrySetResult(task);
}
