namespace Worker.Hosting;

/// <summary>The state that the health endpoint reports.</summary>
public sealed class WorkerHealth
{
    private volatile bool isServing;
    private volatile string? missingMigration;

    /// <summary>Whether the worker polls its task queues. It does not while it waits or stops.</summary>
    public bool IsServing
    {
        get => isServing;
        set => isServing = value;
    }
    /// <summary>The migration that was found and the one that is needed, while the worker waits for it.</summary>
    public string? MissingMigration
    {
        get => missingMigration;
        set => missingMigration = value;
    }
}
