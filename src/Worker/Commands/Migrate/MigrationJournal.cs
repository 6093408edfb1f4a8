using System.Data;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using DbUp.Engine;
using DbUp.Engine.Transactions;

namespace Worker.Commands.Migrate;

/// <summary>
/// The applied migrations with a checksum of each, since a released file must never change.
/// </summary>
internal sealed class MigrationJournal(IConnectionManager connections, Assembly scripts) : IJournal
{
    public const string Table = "public.schema_migrations";

    /// <exception cref="InvalidOperationException">A file differs from the one that was applied.</exception>
    public string[] GetExecutedScripts() => connections.ExecuteCommandsWithManagedConnection(newCommand =>
    {
        EnsureTableExistsAndIsLatestVersion(newCommand);
        using var command = newCommand();
        command.CommandText = $"SELECT name, checksum FROM {Table} ORDER BY name";
        using var reader = command.ExecuteReader();
        var applied = new List<string>();
        while (reader.Read())
        {
            string name = reader.GetString(0);
            if (ReadScript(name) is { } text && Checksum(text) != reader.GetString(1))
            {
                throw new InvalidOperationException(
                    $"{name} was changed after it had been applied to this database. Restore the released file, "
                    + "and put the change into a new file with the next number.");
            }

            applied.Add(name);
        }

        return applied.ToArray();
    });

    public void StoreExecutedScript(SqlScript script, Func<IDbCommand> dbCommandFactory)
    {
        using var command = dbCommandFactory();
        command.CommandText = $"INSERT INTO {Table} (name, checksum) VALUES (@name, @checksum)";
        Add(command, "name", script.Name);
        Add(command, "checksum", Checksum(script.Contents));
        command.ExecuteNonQuery();
    }

    public void EnsureTableExistsAndIsLatestVersion(Func<IDbCommand> dbCommandFactory)
    {
        using var command = dbCommandFactory();
        command.CommandText =
            $"""
            CREATE TABLE IF NOT EXISTS {Table} (
                name       text PRIMARY KEY,
                checksum   text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now()
            )
            """;
        command.ExecuteNonQuery();
    }

    // Null for a migration of a later release: the database may be newer than this program.
    private string? ReadScript(string name)
    {
        using var stream = scripts.GetManifestResourceStream(name);
        return stream is null ? null : new StreamReader(stream, Encoding.UTF8).ReadToEnd();
    }

    private static string Checksum(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static void Add(IDbCommand command, string name, string value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }
}
