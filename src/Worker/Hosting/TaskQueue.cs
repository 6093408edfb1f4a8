namespace Worker.Hosting;

/// <summary>
/// A task queue of the worker. Each outside system has its own, and another one for its undos: a slow system delays no
/// tenant that does not need it. The full name is the base queue (<c>TEMPORAL_TASK_QUEUE</c>) with the suffix.
/// </summary>
/// <param name="Suffix">Empty for the base queue.</param>
/// <param name="MaxConcurrentActivities">The number of activities that one worker process runs side by side.</param>
/// <param name="SingleWorker">
/// One worker process at a time serves the queue, so that the limit holds for the installation.
/// </param>
public sealed record TaskQueue(string Suffix, int MaxConcurrentActivities, bool SingleWorker = false)
{
    private const string UndoSuffix = "-undo";

    /// <summary>Runs workflows, and activities that need the control database alone.</summary>
    public static TaskQueue Control { get; } = new("", 50);

    /// <summary>The queue of the undos; null where no activity of this queue has one.</summary>
    public TaskQueue? Undo { get; init; }

    /// <summary>The queue of the undos of a system.</summary>
    /// <param name="suffix">The suffix of the system's own queue.</param>
    public static TaskQueue ForUndo(string suffix) => new(suffix + UndoSuffix, 4);

    /// <summary>Whether the name of a queue is that of a queue of undos.</summary>
    public static bool IsForUndo(string name) => name.EndsWith(UndoSuffix, StringComparison.Ordinal);
}
