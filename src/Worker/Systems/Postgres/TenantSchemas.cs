using ControlPlane;
using Npgsql;

namespace Worker.Systems.Postgres;

/// <summary>
/// Creates and drops the schema of a tenant and its owner, a role of the same name that cannot log in. The mark is a
/// comment on the role, which the tenant cannot change, and on the schema. Each call is one transaction, so that no
/// object ever exists without its mark.
/// </summary>
public sealed class TenantSchemas(TenantDatabase database)
{
    /// <summary>Shorter than the start-to-close timeout of any step.</summary>
    private const int TimeoutSeconds = 20;

    /// <summary>Creates the schema and the role, or completes and re-marks existing ones of this tenant.</summary>
    /// <param name="name">The name of the schema and of the role.</param>
    /// <param name="mark">The mark of the attempt.</param>
    /// <param name="beforeChange">Called before the first change; throws when the caller is stale.</param>
    /// <param name="cancellationToken">Cancels the transaction.</param>
    /// <exception cref="ControlPlaneException">
    /// The schema or the role exists and is foreign or belongs to a later attempt.
    /// </exception>
    public async Task EnsureAsync(
        string name, OwnershipMark mark, Func<Task> beforeChange, CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var found = await LockAndReadAsync(connection, name, cancellationToken);
        found.GetOwnership(mark)?.ThrowIfNotOurs($"database schema or role {name}");
        await beforeChange();

        string quoted = Quote(name);
        string comment = $"'{mark.ToComment()}'";
        if (!found.RoleExists)
        {
            // CREATE SCHEMA … AUTHORIZATION requires membership in the role; CREATEROLE is not enough (42501).
            await ExecuteAsync(
                connection, $"CREATE ROLE {quoted} NOLOGIN; GRANT {quoted} TO CURRENT_USER", cancellationToken);
        }

        if (!found.SchemaExists)
        {
            await ExecuteAsync(connection, $"CREATE SCHEMA {quoted} AUTHORIZATION {quoted}", cancellationToken);
        }

        await ExecuteAsync(connection, $"""
            COMMENT ON ROLE {quoted} IS {comment};
            COMMENT ON SCHEMA {quoted} IS {comment};
            REVOKE ALL ON SCHEMA {quoted} FROM PUBLIC;
            ALTER ROLE {quoted} IN DATABASE {Quote(connection.Database)} SET search_path = {quoted};
            """, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Drops both with all their contents, unless they are foreign or belong to a later attempt.</summary>
    public async Task DropAsync(
        string name, OwnershipMark mark, Func<Task> beforeChange, CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var found = await LockAndReadAsync(connection, name, cancellationToken);
        if (found.GetOwnership(mark) is not { } ownership || !ownership.CanDelete())
        {
            return;
        }

        await beforeChange();
        string quoted = Quote(name);
        if (found.SchemaExists)
        {
            await ExecuteAsync(connection, $"DROP SCHEMA {quoted} CASCADE", cancellationToken);
        }

        if (found.RoleExists)
        {
            // A session of the role would outlive the role and could still write elsewhere.
            await ExecuteAsync(
                connection,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1",
                cancellationToken,
                name);
            await ExecuteAsync(connection, $"DROP OWNED BY {quoted} CASCADE; DROP ROLE {quoted}", cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Whether the schema and the role of this attempt, or of an earlier one, exist.</summary>
    public async Task<(bool Schema, bool Role)> FindAsync(
        string name, OwnershipMark mark, CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var found = await LockAndReadAsync(connection, name, cancellationToken);
        return found.GetOwnership(mark) is { } ownership && ownership.CanDelete()
            ? (found.SchemaExists, found.RoleExists)
            : (false, false);
    }

    /// <summary>
    /// Lists every marked role of this database, and every marked schema without a role of its name. Roles belong to
    /// the whole cluster; a role of another database has neither a schema nor settings in this one.
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
        await using var reader = await ReadAsync(command, cancellationToken);
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

    /// <summary>Reads whether schema and role exist, their owner, and the mark; null without a readable mark.</summary>
    public async Task<(bool Schema, bool Role, Ownership? Ownership, OwnershipMark? Mark)> ReadAsync(
        string name, OwnershipMark mark, CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var found = await LockAndReadAsync(connection, name, cancellationToken);
        return (found.SchemaExists, found.RoleExists, found.GetOwnership(mark),
            found.RoleExists ? found.RoleMark : found.SchemaMark);
    }

    private async Task<SchemaAndRole> LockAndReadAsync(
        NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        await TenantSchemaLock.AcquireAsync(connection, name, TimeoutSeconds, database.Source, cancellationToken);
        await using var command = Command(connection, """
            SELECT current_setting('is_superuser') = 'on',
                   EXISTS (SELECT FROM pg_roles WHERE rolname = $1),
                   (SELECT shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = $1),
                   (SELECT pg_get_userbyid(nspowner)::text FROM pg_namespace WHERE nspname = $1),
                   (SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = $1)
            """, name);
        await using var reader = await ReadAsync(command, cancellationToken);
        await reader.ReadAsync(cancellationToken);
        if (reader.GetBoolean(0) && database.RefusesSuperuser)
        {
            throw new ControlPlaneException(ErrorCode.NotConfigured,
                "TENANT_DATABASE_URL connects as a superuser; "
                + "give it a role with CREATEROLE and CREATE on the database.");
        }

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
        return new SchemaAndRole(
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
        try
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException e)
        {
            throw new TenantDatabaseException(e);
        }
    }

    private static async Task<NpgsqlDataReader> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        try
        {
            return await command.ExecuteReaderAsync(cancellationToken);
        }
        catch (PostgresException e)
        {
            throw new TenantDatabaseException(e);
        }
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params object[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = TimeoutSeconds };
        foreach (object parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        return command;
    }

    private static string Quote(string identifier) =>
        $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private sealed record SchemaAndRole(
        string Name, bool RoleExists, OwnershipMark? RoleMark, string? SchemaOwner, OwnershipMark? SchemaMark)
    {
        public bool SchemaExists => SchemaOwner is not null;

        /// <summary>
        /// Determines the owner; null when neither exists. The role's mark decides, since the schema's owner could
        /// change the schema's mark.
        /// </summary>
        public Ownership? GetOwnership(OwnershipMark mark) => (RoleExists, SchemaExists) switch
        {
            (false, false) => null,
            (true, true) when SchemaOwner != Name && SchemaMark is null => Ownership.Foreign,
            (true, _) => mark.GetOwnership(RoleMark),
            (false, true) => mark.GetOwnership(SchemaMark),
        };
    }
}
