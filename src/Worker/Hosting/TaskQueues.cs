namespace Worker.Hosting;

/// <summary>A task queue of ours.</summary>
/// <param name="Suffix">After the base queue's name.</param>
/// <param name="MaxConcurrentActivities">Activities that one worker process runs side by side.</param>
/// <param name="SingleWorker">
/// Whether one worker process at a time serves it, so that the limit is the installation's.
/// </param>
public sealed record TaskQueue(string Suffix, int MaxConcurrentActivities, bool SingleWorker = false);

/// <summary>
/// A task queue and a limit for each outside system, for its undo another: one slow system holds up nobody who does
/// not need it. The names are the base queue (<c>TEMPORAL_TASK_QUEUE</c>) with these suffixes.
/// </summary>
public static class TaskQueues
{
    /// <summary>Workflows, and activities that need the control database alone.</summary>
    public const string Control = "";

    /// <summary>
    /// Creating realms: one after the other whatever the number of workers, since each makes the next slower.
    /// </summary>
    public const string KeycloakRealms = "-keycloak-realms";

    public const string Keycloak = "-keycloak";
    public const string Postgres = "-postgres";
    public const string S3 = "-s3";
    public const string Novu = "-novu";

    /// <summary>What the queues of undos end with.</summary>
    public const string Undo = "-undo";

    public static IReadOnlyList<TaskQueue> All { get; } =
    [
        new(Control, 50),
        new(KeycloakRealms, 1, SingleWorker: true),
        new(Keycloak, 8),
        new(Postgres, 8),
        new(S3, 8),
        new(Novu, 8),
        new(UndoOf(KeycloakRealms), 4),
        new(UndoOf(Postgres), 4),
        new(UndoOf(S3), 4),
    ];

    /// <summary>Where the undo of what runs on a queue runs; the queues of one system share one.</summary>
    public static string UndoOf(string queue) => queue == KeycloakRealms ? Keycloak + Undo : queue + Undo;
}
