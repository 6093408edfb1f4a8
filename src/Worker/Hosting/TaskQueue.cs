namespace Worker.Hosting;

/// <summary>
/// A task queue of the worker. Each outside system has its own, and another one for its undos, so that a slow system
/// delays only the tenants that need it. The full name is the base queue (<c>TEMPORAL_TASK_QUEUE</c>) plus the suffix.
/// </summary>
/// <param name="Suffix">Empty for the base queue.</param>
/// <param name="MaxConcurrentActivities">The number of activities that one worker process runs concurrently.</param>
/// <param name="IsSingleWorker">
/// Whether one worker process at a time serves the queue, so that the limit holds for the whole installation.
/// </param>
public sealed record TaskQueue(string Suffix, int MaxConcurrentActivities, bool IsSingleWorker = false)
{
    private const string UndoSuffix = "-undo";

    /// <summary>The queue of workflows, and of activities that need only the control database.</summary>
    public static TaskQueue Control { get; } = new("", 50);

    /// <summary>The queue of the undos; null when no activity of this queue has one.</summary>
    public TaskQueue? Undo { get; init; }

    /// <summary>Creates the queue of a system's undos.</summary>
    /// <param name="suffix">The suffix of the system's own queue.</param>
    public static TaskQueue ForUndo(string suffix) => new(suffix + UndoSuffix, 4);

    /// <summary>Whether a queue with this name serves undos.</summary>
    public static bool IsForUndo(string name) => name.EndsWith(UndoSuffix, StringComparison.Ordinal);
}
