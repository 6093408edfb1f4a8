using System.Globalization;
using Npgsql;
using static Worker.Systems.Postgres.TenantStatements;

namespace Worker.Systems.Postgres;

/// <summary>The wanted login of a tenant.</summary>
/// <param name="Generation">Odd: the first role of the pair; even: the second.</param>
/// <param name="Verifier">What PostgreSQL stores of the password (<see cref="ScramVerifier"/>).</param>
public sealed record TenantLogin(int Generation, string Verifier);

/// <summary>A role with the name of a tenant's login.</summary>
public sealed record FoundLogin(string Name, OwnershipMark? Mark);

/// <summary>
/// The roles with which a tenant's application logs in: a pair, of which each rotation uses the other one. A login has
/// no rights of its own (NOINHERIT): its sessions begin as the role that owns the schema. It carries the mark as its
/// comment. All methods run in the transaction that holds the lock of the name.
/// </summary>
internal static class TenantLogins
{
    private static readonly string[] Ends = ["_a", "_b"];

    public static IReadOnlyList<string> NamesOf(string schema) => [.. Ends.Select(end => schema + end)];

    /// <summary>The name of the role that a generation uses, of at most 63 bytes.</summary>
    public static string NameOf(string schema, int generation) => schema + Ends[(generation + 1) % 2];

    /// <summary>Lists the existing roles of the pair, those of other owners too.</summary>
    public static async Task<IReadOnlyList<FoundLogin>> ListAsync(
        NpgsqlConnection connection, string schema, CancellationToken cancellationToken)
    {
        await using var command = Command(connection,
            "SELECT rolname::text, shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = ANY($1) "
            + "ORDER BY rolname",
            (object)NamesOf(schema).ToArray());
        await using var reader = await ReadAsync(command, cancellationToken);
        var found = new List<FoundLogin>();
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(new FoundLogin(reader.GetString(0),
                reader.IsDBNull(1) ? null : OwnershipMark.FromComment(reader.GetString(1))));
        }

        return found;
    }

    /// <summary>Creates a login, or gives it its limits, its password and the mark of this attempt.</summary>
    public static async Task EnsureAsync(
        NpgsqlConnection connection, string schema, OwnershipMark mark, TenantLogin login, TenantLoginOptions options,
        bool exists, CancellationToken cancellationToken)
    {
        string role = Quote(NameOf(schema, login.Generation)), owner = Quote(schema);
        string database = Quote(connection.Database);
        if (!exists)
        {
            // The membership allows the undo to drop what the role owns.
            await ExecuteAsync(connection, $"CREATE ROLE {role} NOLOGIN; GRANT {role} TO CURRENT_USER",
                cancellationToken);
        }

        await ExecuteAsync(connection, string.Create(CultureInfo.InvariantCulture, $"""
            COMMENT ON ROLE {role} IS '{mark.ToComment()}';
            GRANT {owner} TO {role};
            ALTER ROLE {role} LOGIN NOINHERIT CONNECTION LIMIT {options.ConnectionLimit} PASSWORD '{login.Verifier}';
            ALTER ROLE {role} IN DATABASE {database} SET role = {owner};
            ALTER ROLE {role} IN DATABASE {database} SET search_path = {owner};
            ALTER ROLE {role} IN DATABASE {database} SET statement_timeout = '{options.StatementTimeout}s';
            """), cancellationToken);
        if (await OwnsDatabaseAsync(connection, cancellationToken))
        {
            // `setup` takes both rights from PUBLIC.
            await ExecuteAsync(connection, $"""
                GRANT CONNECT ON DATABASE {database} TO {role};
                {(options.AllowsTemporaryTables ? "GRANT" : "REVOKE")} TEMPORARY ON DATABASE {database}
                    {(options.AllowsTemporaryTables ? "TO" : "FROM")} {owner};
                """, cancellationToken);
        }
    }

    /// <summary>Prevents new sessions of a login.</summary>
    public static Task CloseAsync(NpgsqlConnection connection, string login, CancellationToken cancellationToken) =>
        ExecuteAsync(connection, $"ALTER ROLE {Quote(login)} NOLOGIN", cancellationToken);

    public static async Task DropAsync(
        NpgsqlConnection connection, string login, CancellationToken cancellationToken)
    {
        await EndSessionsAsync(connection, login, cancellationToken);
        await ExecuteAsync(
            connection, $"DROP OWNED BY {Quote(login)} CASCADE; DROP ROLE {Quote(login)}", cancellationToken);
    }

    public static Task EndSessionsAsync(
        NpgsqlConnection connection, string role, CancellationToken cancellationToken) =>
        ExecuteAsync(
            connection, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1",
            cancellationToken, role);

    private static async Task<bool> OwnsDatabaseAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = Command(connection,
            "SELECT pg_has_role(datdba, 'USAGE') FROM pg_database WHERE datname = current_database()");
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }
}
