using Testing;

namespace EndToEnd.Tests.Support;

/// <summary>
/// A backup of the control tables of an instance, by pg_dump. The tests' instance has the tenants' schemas in the same
/// database, so only the schema of the control tables is backed up and restored.
/// </summary>
public sealed class ControlDatabaseBackup(Instance instance)
{
    private readonly string file = Path.Combine(instance.State, "control_plane.dump");

    /// <summary>Backs up the control tables.</summary>
    public async Task TakeAsync() => (await RunAsync(
        "pg_dump", "-Fc", "-n", "public", "-f", file, "-d", "control_plane")).EnsureSuccess();

    /// <summary>Replaces the control tables by those of the backup.</summary>
    public async Task RestoreAsync() => (await RunAsync(
        "pg_restore", "--clean", "--if-exists", "--single-transaction", "-d", "control_plane", file)).EnsureSuccess();

    /// <summary>Runs a file of SQL with psql's variables.</summary>
    public async Task RunFileAsync(string path, Dictionary<string, string> variables) => (await RunAsync(
        "psql",
        [
            "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", "control_plane", "-f", Path.Combine(Commands.Root, path),
            .. variables.SelectMany(variable => (string[])["-v", $"{variable.Key}={variable.Value}"]),
        ])).EnsureSuccess();

    private Task<CommandResult> RunAsync(string program, params string[] arguments) => Commands.RunAsync(
        Find(program),
        ["-h", "127.0.0.1", "-p", instance.Address("POSTGRES_PORT"), "-U", "postgres", .. arguments],
        new Dictionary<string, string?> { ["PGPASSWORD"] = instance.Secret("DEV_DB_SUPERUSER_PASSWORD") });

    // Debian's own folder first: as in ./dev, the newest version, which is that of the server.
    private static string Find(string program) =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql")
                .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out int version) ? version : 0)
                .Select(folder => Path.Combine(folder, "bin", program))
                .FirstOrDefault(File.Exists) ?? program
            : program;
}
