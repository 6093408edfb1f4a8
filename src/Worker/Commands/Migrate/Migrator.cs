using System.Reflection;
using ControlPlane;
using DbUp;
using DbUp.Engine;
using DbUp.Engine.Output;
using DbUp.Postgresql;
using Npgsql;

namespace Worker.Commands.Migrate;

/// <summary>
/// Migrates the control database: applies each numbered SQL file of the control plane once, in its own transaction. A
/// PostgreSQL advisory lock lets one migrator run at a time. Running it again, or in several processes, is safe.
/// </summary>
/// <param name="database">The control database, connected as a role that may create tables.</param>
public sealed class Migrator(NpgsqlDataSource database)
{
    // Any number that no other lock in this database uses.
    private const long LockId = 0x6172_632D_7361_6173;

    private static readonly Assembly Scripts = typeof(ControlPlaneException).Assembly;

    /// <returns>The files that this call applied; empty when the database was up to date.</returns>
    /// <exception cref="InvalidOperationException">A file that was applied earlier has been changed since.</exception>
    /// <exception cref="PostgresException">A statement failed; its file was rolled back.</exception>
    public async Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellationToken = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await ExecuteAsync(connection, $"SELECT pg_advisory_lock({LockId})", cancellationToken);
        try
        {
            var result = Upgrade();
            return result.Successful
                ? result.Scripts.Select(script => script.Name).ToList()
                : throw new InvalidOperationException(
                    $"{result.ErrorScript?.Name ?? "The migration"} failed: {result.Error.Message}", result.Error);
        }
        finally
        {
            await ExecuteAsync(connection, $"SELECT pg_advisory_unlock({LockId})", CancellationToken.None);
        }
    }

    /// <summary>Gives a role, that of the functions, exactly its rights. The role must exist.</summary>
    public async Task GrantRowsToAsync(string role, CancellationToken cancellationToken = default)
    {
        string name = new NpgsqlCommandBuilder().QuoteIdentifier(role);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, FunctionsRights.ToSql(name), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private DatabaseUpgradeResult Upgrade()
    {
        var connections = new PostgresqlConnectionManager(database);
        return DeployChanges.To.PostgresqlDatabase(connections)
            .WithScriptsEmbeddedInAssembly(Scripts, name => name.EndsWith(".sql", StringComparison.Ordinal))
            .WithVariablesDisabled()
            .WithTransactionPerScript()
            .JournalTo(new MigrationJournal(connections, Scripts))
            .LogTo(new NoOpUpgradeLog())
            .Build()
            .PerformUpgrade();
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        // No timeout: another migrator may hold the lock for long.
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
