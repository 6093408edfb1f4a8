namespace Worker.Hosting;

/// <summary>The state that the health endpoint reports.</summary>
public sealed class WorkerHealth
{
    private volatile bool isServing;

    /// <summary>Whether the worker polls its task queues. It does not while it waits or stops.</summary>
    public bool IsServing
    {
        get => isServing;
        set => isServing = value;
    }
}
