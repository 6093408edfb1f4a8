using ControlPlane;
using Npgsql;
using static Worker.Systems.Postgres.TenantStatements;

namespace Worker.Systems.Postgres;

/// <summary>
/// Creates and drops the schema of a tenant, its owner, a role of the same name that cannot log in, and the roles that
/// log in for it (<see cref="TenantLogins"/>). The mark is a comment on the role, which the tenant cannot change, and
/// on the schema. Each object is made in one transaction with its mark.
/// </summary>
public sealed class TenantSchemas(TenantDatabase database, TenantLoginOptions options)
{
    /// <summary>Creates the schema and the role, or completes and re-marks existing ones of this tenant.</summary>
    /// <inheritdoc cref="EnsureAsync(string, OwnershipMark, TenantLogin?, Func{Task}, CancellationToken)"/>
    public Task EnsureAsync(
        string name, OwnershipMark mark, Func<Task> beforeChange, CancellationToken cancellationToken) =>
        EnsureAsync(name, mark, login: null, beforeChange, cancellationToken);

    /// <summary>Creates the schema and the roles, or completes and re-marks existing ones of this tenant.</summary>
    /// <param name="name">The name of the schema and of the role.</param>
    /// <param name="mark">The mark of the attempt.</param>
    /// <param name="login">The role that logs in; null: none.</param>
    /// <param name="beforeChange">Called before the first change; throws when the caller is stale.</param>
    /// <param name="cancellationToken">Cancels the transaction.</param>
    /// <exception cref="ControlPlaneException">
    /// The schema or the role exists and is foreign or belongs to a later attempt.
    /// </exception>
    public async Task EnsureAsync(
        string name, OwnershipMark mark, TenantLogin? login, Func<Task> beforeChange,
        CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var found = await LockAndReadAsync(connection, name, cancellationToken);
        found.GetOwnership(mark)?.ThrowIfNotOurs($"database schema or role {name}");
        var existing = login is null
            ? null
            : found.Logins.FirstOrDefault(role => role.Name == TenantLogins.NameOf(name, login.Generation));
        if (existing is not null)
        {
            mark.GetOwnership(existing.Mark).ThrowIfNotOurs($"database role {existing.Name}");
        }

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
        if (login is not null)
        {
            await TenantLogins.EnsureAsync(
                connection, name, mark, login, options, existing is not null, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>
    /// Drops schema and roles with all their contents, unless they are foreign or belong to a later attempt.
    /// </summary>
    public async Task DropAsync(
        string name, OwnershipMark mark, Func<Task> beforeChange, CancellationToken cancellationToken)
    {
        await CloseLoginsAsync(name, mark, beforeChange, cancellationToken);
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var found = await LockAndReadAsync(connection, name, cancellationToken);
        bool ownsSchema = found.GetOwnership(mark)?.CanDelete() ?? false;
        var logins = found.LoginsOf(mark);
        if (!ownsSchema && logins.Count == 0)
        {
            return;
        }

        await beforeChange();
        foreach (var login in logins)
        {
            await TenantLogins.DropAsync(connection, login.Name, cancellationToken);
        }

        if (ownsSchema)
        {
            await DropAsync(connection, found, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    // A session that began while its role is dropped would outlive the role.
    private async Task CloseLoginsAsync(
        string name, OwnershipMark mark, Func<Task> beforeChange, CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var logins = (await LockAndReadAsync(connection, name, cancellationToken)).LoginsOf(mark);
        if (logins.Count == 0)
        {
            return;
        }

        await beforeChange();
        foreach (var login in logins)
        {
            await TenantLogins.CloseAsync(connection, login.Name, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task DropAsync(
        NpgsqlConnection connection, SchemaAndRole found, CancellationToken cancellationToken)
    {
        string quoted = Quote(found.Name);
        if (found.SchemaExists)
        {
            await ExecuteAsync(connection, $"DROP SCHEMA {quoted} CASCADE", cancellationToken);
        }

        if (found.RoleExists)
        {
            // A session of the role would outlive the role and could still write elsewhere.
            await TenantLogins.EndSessionsAsync(connection, found.Name, cancellationToken);
            await ExecuteAsync(connection, $"DROP OWNED BY {quoted} CASCADE; DROP ROLE {quoted}", cancellationToken);
        }
    }

    /// <summary>Ends the sessions of a login.</summary>
    public async Task EndSessionsAsync(string login, CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await TenantLogins.EndSessionsAsync(connection, login, cancellationToken);
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
    /// the whole cluster; a role of another database has neither a schema nor settings in this one. A login is listed
    /// only without the owner of its schema, with which it is dropped.
    /// </summary>
    public async Task<IReadOnlyList<(string Name, OwnershipMark Mark)>> ListMarkedAsync(
        CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await using var command = Command(connection, """
            SELECT r.rolname::text, shobj_description(r.oid, 'pg_authid') FROM pg_roles r
            WHERE shobj_description(r.oid, 'pg_authid') LIKE 'arc-saas %'
              AND NOT (right(r.rolname, 2) IN ('_a', '_b')
                       AND EXISTS (SELECT FROM pg_roles o WHERE o.rolname = left(r.rolname, -2)))
              AND (EXISTS (SELECT FROM pg_namespace n WHERE n.nspname = r.rolname)
                   OR EXISTS (SELECT FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
                              WHERE s.setrole = r.oid AND d.datname = current_database()))
            UNION ALL
            SELECT n.nspname::text, obj_description(n.oid, 'pg_namespace') FROM pg_namespace n
            WHERE obj_description(n.oid, 'pg_namespace') LIKE 'arc-saas %'
              AND NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = n.nspname)
            ORDER BY 1
            """);
        await using var reader = await TenantStatements.ReadAsync(command, cancellationToken);
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

    /// <summary>
    /// Reads whether schema and role exist, their owner, the mark (null without a readable one), and the logins.
    /// </summary>
    public async Task<(bool Schema, bool Role, Ownership? Ownership, OwnershipMark? Mark,
        IReadOnlyList<FoundLogin> Logins)> ReadAsync(
        string name, OwnershipMark mark, CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var found = await LockAndReadAsync(connection, name, cancellationToken);
        return (found.SchemaExists, found.RoleExists, found.GetOwnership(mark),
            found.RoleExists ? found.RoleMark : found.SchemaMark, found.Logins);
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
        SchemaAndRole found;
        await using (var reader = await TenantStatements.ReadAsync(command, cancellationToken))
        {
            await reader.ReadAsync(cancellationToken);
            if (reader.GetBoolean(0) && database.RefusesSuperuser)
            {
                throw new ControlPlaneException(ErrorCode.NotConfigured,
                    "TENANT_DATABASE_URL connects as a superuser; "
                    + "give it a role with CREATEROLE and CREATE on the database.");
            }

            string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
            found = new SchemaAndRole(
                name,
                reader.GetBoolean(1),
                OwnershipMark.FromComment(Text(2)),
                Text(3),
                OwnershipMark.FromComment(Text(4)),
                []);
        }

        return found with { Logins = await TenantLogins.ListAsync(connection, name, cancellationToken) };
    }

    private sealed record SchemaAndRole(
        string Name, bool RoleExists, OwnershipMark? RoleMark, string? SchemaOwner, OwnershipMark? SchemaMark,
        IReadOnlyList<FoundLogin> Logins)
    {
        public bool SchemaExists => SchemaOwner is not null;

        /// <summary>The logins that this attempt, or an earlier one, made.</summary>
        public IReadOnlyList<FoundLogin> LoginsOf(OwnershipMark mark) =>
            [.. Logins.Where(login => mark.GetOwnership(login.Mark).CanDelete())];

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
