using Npgsql;
using static Worker.Systems.Postgres.TenantStatements;

namespace Worker.Systems.Postgres;

/// <summary>
/// The rights that PostgreSQL gives to every role (PUBLIC), and that tenants' logins must not have: to connect to other
/// databases, and to make temporary tables in their own.
/// </summary>
internal static class TenantIsolation
{
    /// <summary>Whether the tenants' schemas are in the control database, as in development.</summary>
    public static async Task<bool> SharesControlDatabaseAsync(
        NpgsqlDataSource tenants, CancellationToken cancellationToken)
    {
        await using var command = tenants.CreateCommand(
            "SELECT to_regclass('public.provisioning_attempts') IS NOT NULL");
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>Takes both rights in the tenants' database from PUBLIC, where this role owns it.</summary>
    /// <returns>What was changed.</returns>
    public static async Task<IReadOnlyList<string>> EnsureAsync(
        NpgsqlDataSource tenants, CancellationToken cancellationToken)
    {
        await using var connection = await tenants.OpenConnectionAsync(cancellationToken);
        await using (var command = Command(connection,
            """
            SELECT pg_has_role(datdba, 'USAGE') AND (has_database_privilege('public', oid, 'CONNECT')
                   OR has_database_privilege('public', oid, 'TEMPORARY'))
              FROM pg_database WHERE datname = current_database()
            """))
        {
            if (await command.ExecuteScalarAsync(cancellationToken) is not true)
            {
                return [];
            }
        }

        await ExecuteAsync(connection,
            $"REVOKE CONNECT, TEMPORARY ON DATABASE {Quote(connection.Database)} FROM PUBLIC", cancellationToken);
        return [$"{connection.Database} closed to roles without a grant"];
    }

    /// <summary>Lists the databases of the server to which every role may connect.</summary>
    public static async Task<IReadOnlyList<string>> ListOpenAsync(
        NpgsqlDataSource tenants, CancellationToken cancellationToken)
    {
        await using var command = tenants.CreateCommand(
            """
            SELECT coalesce(array_agg(datname::text ORDER BY datname), '{}') FROM pg_database
            WHERE datallowconn AND has_database_privilege('public', oid, 'CONNECT')
            """);
        return (string[])(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
