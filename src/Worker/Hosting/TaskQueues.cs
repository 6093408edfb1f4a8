namespace Worker.Hosting;

/// <summary>
/// A task queue and a limit for each outside system, for its undo another: one slow system holds up nobody who does
/// not need it. The names are the base queue (<c>TEMPORAL_TASK_QUEUE</c>) with these suffixes.
/// </summary>
public static class TaskQueues
{
    /// <summary>Workflows, and activities that need the control database alone.</summary>
    public const string Control = "";

    /// <summary>Creating realms: one after the other, since each one makes the next slower while it runs.</summary>
    public const string KeycloakRealms = "-keycloak-realms";

    public const string Keycloak = "-keycloak";
    public const string Postgres = "-postgres";
    public const string S3 = "-s3";
    public const string Novu = "-novu";

    /// <summary>What the queues of undos end with.</summary>
    public const string Undo = "-undo";

    public static IReadOnlyList<(string Suffix, int MostAtOnce)> All { get; } =
    [
        (Control, 50),
        (KeycloakRealms, 1),
        (Keycloak, 8),
        (Postgres, 8),
        (S3, 8),
        (Novu, 8),
        (UndoOf(KeycloakRealms), 4),
        (UndoOf(Postgres), 4),
        (UndoOf(S3), 4),
    ];

    /// <summary>Where the undo of what runs on a queue runs; the queues of one system share one.</summary>
    public static string UndoOf(string queue) => queue == KeycloakRealms ? Keycloak + Undo : queue + Undo;
}
