using Npgsql;

namespace Worker.Systems.Postgres;

/// <summary>
/// Serializes the transactions for one tenant's schema, for instance of a worker that was suspended and resumes. The
/// lock ends with the transaction, also if its commit arrives late. It is a row that is never committed, in a table on
/// which no tenant's role has a right: each of them could take an advisory lock first, and stall another tenant.
/// </summary>
internal static class TenantSchemaLock
{
    // A schema for each role that connects: a role could not use the table of another one.
    private const string SchemaName = "'arc_saas_locks_' || left(md5(current_user), 12)";

    /// <summary>Waits until no other transaction holds the name.</summary>
    /// <param name="connection">The connection of the transaction.</param>
    /// <param name="name">The name of the tenant's schema.</param>
    /// <param name="timeoutSeconds">How long to wait.</param>
    /// <param name="source">Creates the table, in a transaction of its own.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public static async Task AcquireAsync(
        NpgsqlConnection connection, string name, int timeoutSeconds, NpgsqlDataSource source,
        CancellationToken cancellationToken)
    {
        string schema = await FindSchemaAsync(connection, cancellationToken)
            ?? await CreateAsync(source, cancellationToken);
        // An inserted key is taken until the end of its transaction, even if its row is deleted at once.
        await using var command = new NpgsqlCommand(
            $"INSERT INTO {schema}.held_names (name) VALUES ($1)", connection)
        {
            CommandTimeout = timeoutSeconds,
            Parameters = { new NpgsqlParameter { Value = name } },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
        command.CommandText = $"DELETE FROM {schema}.held_names WHERE name = $1";
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<string?> FindSchemaAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"SELECT n.nspname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            + $"WHERE n.nspname = {SchemaName} AND c.relname = 'held_names'", connection);
        return (string?)await command.ExecuteScalarAsync(cancellationToken);
    }

    private static async Task<string> CreateAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var name = new NpgsqlCommand($"SELECT {SchemaName}", connection);
        string schema = (string)(await name.ExecuteScalarAsync(cancellationToken))!;
        await using var create = new NpgsqlCommand(
            $"""
            CREATE SCHEMA IF NOT EXISTS {schema};
            CREATE TABLE IF NOT EXISTS {schema}.held_names (name text PRIMARY KEY);
            """, connection);
        try
        {
            await create.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState
            is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DuplicateSchema
            or PostgresErrorCodes.DuplicateTable)
        {
            // Another transaction creates it just now, and has committed the schema at least: the statement that failed
            // waited for it.
            await create.ExecuteNonQueryAsync(cancellationToken);
        }

        return schema;
    }
}
