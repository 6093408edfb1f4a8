using ControlPlane;
using ControlPlane.Persistence;
using ControlPlane.Tenants;
using Npgsql;
using Worker.Hosting;
using Worker.Systems.Postgres;

namespace Worker.Systems.Terraform;

/// <summary>The database of the states, as the role that creates the tenants' roles.</summary>
public sealed record StateDatabase(NpgsqlDataSource Source, bool RefusesSuperuser);

/// <summary>
/// The states of the tenants: for each one a schema and a role that may log in, of the same name, with the mark of
/// <see cref="TenantSchemas"/>. The table has a row from the beginning. Terraform would otherwise take a lock that all
/// states of the database share, for the whole of the first run.
/// </summary>
public sealed class TenantStates(StateDatabase database, TerraformOptions options, WorkerOptions worker)
{
    private const string Ids = "public.arc_saas_state_ids";

    // A killed worker's run, a run of another worker that waits for its lock, and the checks.
    private const int MaxConnections = 20;

    private readonly TenantSchemas schemas = new(
        new TenantDatabase(database.Source, database.RefusesSuperuser),
        new TenantLoginOptions(MaxConnections, StatementTimeout: 0, AllowsTemporaryTables: false));

    /// <summary>The name of the schema and the role of a tenant's state.</summary>
    public static string NameOf(TenantKey key) => $"infra_{key}";

    /// <summary>The address for Terraform; it contains the password of the role.</summary>
    public string AddressOf(string name) =>
        StateConnection.ForTerraform(options.State.ConnectionString, name, PasswordOf(name));

    /// <summary>Creates the place of a state, or completes and re-marks an existing one of this tenant.</summary>
    public Task EnsureAsync(
        string name, OwnershipMark mark, Func<Task> beforeChange, CancellationToken cancellationToken) =>
        TryAsync(async () =>
        {
            await schemas.EnsureAsync(name, mark, beforeChange, cancellationToken);
            await OpenAsync(name, cancellationToken);
        });

    /// <summary>Lets the role log in and creates the table, where an earlier try has not done so.</summary>
    public Task OpenAsync(string name, CancellationToken cancellationToken) => TryAsync(async () =>
    {
        await EnsureIdsAsync(cancellationToken);
        string verifier = StateRolePassword.ToVerifier(PasswordOf(name), name);
        await ExecuteAsync($"""
            ALTER ROLE "{name}" LOGIN CONNECTION LIMIT {MaxConnections} PASSWORD '{verifier}';
            GRANT USAGE ON SEQUENCE {Ids} TO "{name}";
            CREATE TABLE IF NOT EXISTS "{name}".states (
                id bigint PRIMARY KEY DEFAULT nextval('{Ids}'), name text UNIQUE, data text);
            ALTER TABLE "{name}".states OWNER TO "{name}";
            INSERT INTO "{name}".states (name, data) VALUES ('default', '{TerraformState.Empty()}')
            ON CONFLICT (name) DO NOTHING;
            """, cancellationToken);
    });

    /// <summary>Creates the sequence of all states. Terraform's locks are their ids, so they are unique.</summary>
    /// <returns>Whether it was created.</returns>
    public async Task<bool> EnsureIdsAsync(CancellationToken cancellationToken)
    {
        await using var exists = database.Source.CreateCommand($"SELECT to_regclass('{Ids}') IS NULL");
        if (await exists.ExecuteScalarAsync(cancellationToken) is false)
        {
            return false;
        }

        try
        {
            await ExecuteAsync($"CREATE SEQUENCE IF NOT EXISTS {Ids} AS bigint", cancellationToken);
        }
        catch (TenantDatabaseException e) when (e.Error.SqlState
            is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DuplicateTable)
        {
            // Another worker has created it just now.
        }

        return true;
    }

    /// <summary>Reads the stored state; null where there is none.</summary>
    public async Task<TerraformState?> FindAsync(string name, CancellationToken cancellationToken)
    {
        string? text = null;
        await TryAsync(async () =>
        {
            await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
            text = await HasTableAsync(connection, name, cancellationToken)
                ? (await connection.Command($"SELECT data FROM \"{name}\".states WHERE name = 'default'")
                    .ReadAllAsync(row => row.GetString(0), cancellationToken)).FirstOrDefault()
                : null;
        });
        return text is null ? null : TerraformState.Parse(text);
    }

    /// <summary>Reads the owner of a state's place, and its mark; null when there is none.</summary>
    public async Task<(Ownership? Ownership, OwnershipMark? Mark)> ReadOwnerAsync(
        string name, OwnershipMark mark, CancellationToken cancellationToken)
    {
        (Ownership?, OwnershipMark?) owner = default;
        await TryAsync(async () =>
        {
            var (_, _, ownership, found, _) = await schemas.ReadAsync(name, mark, cancellationToken);
            owner = (ownership, found);
        });
        return owner;
    }

    /// <summary>Lists the places of all states with a mark.</summary>
    public Task<IReadOnlyList<(string Name, OwnershipMark Mark)>> ListMarkedAsync(
        CancellationToken cancellationToken) => schemas.ListMarkedAsync(cancellationToken);

    /// <summary>Drops the place of a state, unless it is foreign or belongs to a later attempt.</summary>
    public Task DropAsync(
        string name, OwnershipMark mark, Func<Task> beforeChange, CancellationToken cancellationToken) =>
        TryAsync(() => schemas.DropAsync(name, mark, beforeChange, cancellationToken));

    /// <summary>
    /// Signs in as the role of a state, as Terraform will. Terraform's own words about a refusal are not evaluated.
    /// </summary>
    /// <exception cref="TerraformException">The database refuses it, or cannot be reached.</exception>
    public Task CheckAsync(string name, CancellationToken cancellationToken) => TryAsync(async () =>
    {
        await using var connection = new NpgsqlConnection(
            StateConnection.ForNpgsql(options.State.ConnectionString, name, PasswordOf(name)));
        await connection.OpenAsync(cancellationToken);
        // Changes nothing, and fails on a read-only server.
        await connection.Command($"UPDATE \"{name}\".states SET name = name WHERE false")
            .ExecuteAsync(cancellationToken);
    });

    /// <summary>Requires that no run holds the lock of a state, which ends with its session.</summary>
    /// <exception cref="TerraformException">A run holds it.</exception>
    public Task RequireUnlockedAsync(string name, CancellationToken cancellationToken) => TryAsync(async () =>
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        bool isLocked = await HasTableAsync(connection, name, cancellationToken) && (await connection.Command($"""
            SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()
            JOIN "{name}".states s ON s.id = (l.classid::bigint << 32) + l.objid::bigint
            WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted
            """).ReadAllAsync(_ => true, cancellationToken)).Count > 0;
        if (isLocked)
        {
            throw new TerraformException(ErrorClass.Connection, "Another run holds the Terraform state.");
        }
    });

    private static async Task<bool> HasTableAsync(
        NpgsqlConnection connection, string name, CancellationToken cancellationToken) =>
        (await connection.Command("SELECT to_regclass($1) IS NOT NULL", $"\"{name}\".states")
            .ReadAllAsync(row => row.GetBoolean(0), cancellationToken)).Single();

    private string PasswordOf(string name) =>
        StateRolePassword.Derive(options.StateKeys, worker.InstallationId, name);

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = database.Source.CreateCommand(sql);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException e)
        {
            throw new TenantDatabaseException(e);
        }
    }

    // A person has to know which of the databases it is.
    private static async Task TryAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (TenantDatabaseException e)
        {
            throw StateError(e.Error);
        }
        catch (PostgresException e)
        {
            throw StateError(e);
        }
        catch (NpgsqlException e)
        {
            throw new TerraformException(ErrorClass.Connection, e.InnerException is TimeoutException
                ? "The state database of Terraform did not answer in time."
                : "The state database of Terraform cannot be reached.");
        }
    }

    // Nothing that the database answers is about the plan.
    private static TerraformException StateError(PostgresException e) =>
        new(ErrorClass.Connection, $"The state database of Terraform answered {e.SqlState}.")
        {
            RefusesCredentials = PostgresErrors.RefusesCredentials(e),
        };
}
