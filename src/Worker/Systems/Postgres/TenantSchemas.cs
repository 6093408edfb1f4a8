using ControlPlane;
using Npgsql;

namespace Worker.Systems.Postgres;

/// <summary>The database where tenants' schemas live.</summary>
/// <param name="Source">Connects as a role with CREATEROLE and CREATE on the database.</param>
/// <param name="RefusesSuperuser">In Production a superuser is not used, whatever it could do.</param>
public sealed record TenantDatabase(NpgsqlDataSource Source, bool RefusesSuperuser);

/// <summary>
/// A schema for each tenant, owned by a role of the same name that cannot log in. The mark stands as a comment on the
/// role, which the tenant cannot change, and on the schema. Each call is one transaction: there is never an object
/// without its mark.
/// </summary>
public sealed class TenantSchemas(TenantDatabase database)
{
    /// <summary>Shorter than any step's start-to-close.</summary>
    private const int StatementSeconds = 20;

    /// <param name="name">Of schema and role.</param>
    /// <param name="mark">Whose they are.</param>
    /// <param name="beforeChange">Asked last before anything changes; throws when the caller is too late.</param>
    /// <param name="cancellationToken">Ends the wait; what is not committed is not there.</param>
    /// <exception cref="ControlPlaneException">One of them is there and is not this attempt's to take.</exception>
    public async Task EnsureAsync(
        string name, OwnershipMark mark, Func<Task> beforeChange, CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var found = await LockAndReadAsync(connection, name, cancellationToken);
        found.Judge(mark)?.OrConflict($"database schema or role {name}");
        await beforeChange();

        string q = Quote(name);
        string comment = $"'{mark.ToComment()}'";
        if (!found.RoleExists)
        {
            // CREATEROLE alone may not create a schema for a role it is no member of (42501).
            await ExecuteAsync(connection, $"CREATE ROLE {q} NOLOGIN; GRANT {q} TO CURRENT_USER", cancellationToken);
        }

        if (!found.SchemaExists)
        {
            await ExecuteAsync(connection, $"CREATE SCHEMA {q} AUTHORIZATION {q}", cancellationToken);
        }

        await ExecuteAsync(connection, $"""
            COMMENT ON ROLE {q} IS {comment};
            COMMENT ON SCHEMA {q} IS {comment};
            REVOKE ALL ON SCHEMA {q} FROM PUBLIC;
            ALTER ROLE {q} IN DATABASE {Quote(connection.Database)} SET search_path = {q};
            """, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Drops both with all they hold, unless they are foreign or a later attempt's.</summary>
    public async Task DropAsync(
        string name, OwnershipMark mark, Func<Task> beforeChange, CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var found = await LockAndReadAsync(connection, name, cancellationToken);
        if (found.Judge(mark) is not { } ownership || !ownership.IsOursToDelete())
        {
            return;
        }

        await beforeChange();
        string q = Quote(name);
        if (found.SchemaExists)
        {
            await ExecuteAsync(connection, $"DROP SCHEMA {q} CASCADE", cancellationToken);
        }

        if (found.RoleExists)
        {
            // A session of the role would survive it and could still write elsewhere.
            await ExecuteAsync(
                connection,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1",
                cancellationToken,
                name);
            await ExecuteAsync(connection, $"DROP OWNED BY {q} CASCADE; DROP ROLE {q}", cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Whether something of this attempt, or of an earlier one, is there.</summary>
    public async Task<(bool Schema, bool Role)> FindAsync(
        string name, OwnershipMark mark, CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var found = await LockAndReadAsync(connection, name, cancellationToken);
        return found.Judge(mark) is { } ownership && ownership.IsOursToDelete()
            ? (found.SchemaExists, found.RoleExists)
            : (false, false);
    }

    /// <summary>
    /// Every marked role that this database knows, and marked schemas without a role of their name. Roles are of the
    /// whole cluster: one of another database has no settings here.
    /// </summary>
    public async Task<IReadOnlyList<(string Name, OwnershipMark Mark)>> ListMarkedAsync(
        CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await using var command = Command(connection, """
            SELECT r.rolname::text, shobj_description(r.oid, 'pg_authid') FROM pg_roles r
            WHERE shobj_description(r.oid, 'pg_authid') LIKE 'arc-saas %'
              AND (EXISTS (SELECT FROM pg_namespace n WHERE n.nspname = r.rolname)
                   OR EXISTS (SELECT FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
                              WHERE s.setrole = r.oid AND d.datname = current_database()))
            UNION ALL
            SELECT n.nspname::text, obj_description(n.oid, 'pg_namespace') FROM pg_namespace n
            WHERE obj_description(n.oid, 'pg_namespace') LIKE 'arc-saas %'
              AND NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = n.nspname)
            ORDER BY 1
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<(string, OwnershipMark)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            if (OwnershipMark.FromComment(reader.GetString(1)) is { } mark)
            {
                found.Add((reader.GetString(0), mark));
            }
        }

        return found;
    }

    /// <summary>Reads whether schema and role exist, who owns them, and the mark; null: no readable mark.</summary>
    public async Task<(bool Schema, bool Role, Ownership? Ownership, OwnershipMark? Mark)> ReadAsync(
        string name, OwnershipMark mark, CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var found = await LockAndReadAsync(connection, name, cancellationToken);
        return (found.SchemaExists, found.RoleExists, found.Judge(mark),
            found.RoleExists ? found.RoleMark : found.SchemaMark);
    }

    private async Task<Found> LockAndReadAsync(
        NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        // Two calls for one tenant at once (a frozen worker that wakes up) go one after the other.
        await ExecuteAsync(
            connection,
            "SELECT pg_advisory_xact_lock(hashtextextended('arc-saas schema ' || $1, 0))",
            cancellationToken,
            name);
        await using var command = Command(connection, """
            SELECT current_setting('is_superuser') = 'on',
                   EXISTS (SELECT FROM pg_roles WHERE rolname = $1),
                   (SELECT shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = $1),
                   (SELECT pg_get_userbyid(nspowner)::text FROM pg_namespace WHERE nspname = $1),
                   (SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = $1)
            """, name);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        if (reader.GetBoolean(0) && database.RefusesSuperuser)
        {
            throw new ControlPlaneException(ErrorCode.NotConfigured,
                "TENANT_DATABASE_URL connects as a superuser; "
                + "give it a role with CREATEROLE and CREATE on the database.");
        }

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
        return new Found(
            name,
            reader.GetBoolean(1),
            OwnershipMark.FromComment(Text(2)),
            Text(3),
            OwnershipMark.FromComment(Text(4)));
    }

    private static async Task ExecuteAsync(
        NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] parameters)
    {
        await using var command = Command(connection, sql, parameters);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params object[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = StatementSeconds };
        foreach (object parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        return command;
    }

    private static string Quote(string identifier) =>
        $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private sealed record Found(
        string Name, bool RoleExists, OwnershipMark? RoleMark, string? SchemaOwner, OwnershipMark? SchemaMark)
    {
        public bool SchemaExists => SchemaOwner is not null;

        /// <summary>
        /// Null when neither is there. The role's mark decides: the schema's owner could change the other.
        /// </summary>
        public Ownership? Judge(OwnershipMark mark) => (RoleExists, SchemaExists) switch
        {
            (false, false) => null,
            (true, true) when SchemaOwner != Name && SchemaMark is null => Ownership.Foreign,
            (true, _) => mark.Judge(RoleMark),
            (false, true) => mark.Judge(SchemaMark),
        };
    }
}
