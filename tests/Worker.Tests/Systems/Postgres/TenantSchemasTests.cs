using Npgsql;
using Testing;
using Worker.Systems;
using Worker.Systems.Postgres;

namespace Worker.Tests.Systems.Postgres;

public sealed class TenantSchemasTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly Guid Installation = Guid.Parse("8f14e45f-ceea-467f-a0e6-0d5f0a6f3c11");

    private static readonly TenantLoginOptions Options = new(20, 60, AllowsTemporaryTables: false);

    private readonly OwnershipMark mark = new(Installation, Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), 1);

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private TenantSchemas Schemas =>
        new(new TenantDatabase(postgres.Owner, RefusesSuperuser: true), Options);

    [Fact]
    public async Task The_schema_belongs_to_a_role_that_cannot_log_in()
    {
        string name = await EnsureAsync();

        Assert.Equal(name, await postgres.ReadAsync<string>(
            "SELECT pg_get_userbyid(nspowner)::text FROM pg_namespace WHERE nspname = $1", name));
        Assert.False(await postgres.ReadAsync<bool>("SELECT rolcanlogin FROM pg_roles WHERE rolname = $1", name));
        Assert.False(await postgres.ReadAsync<bool>("SELECT has_schema_privilege('public', $1, 'USAGE')", name));
        Assert.Equal(mark.ToComment(), await postgres.ReadAsync<string>(
            "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = $1", name));
    }

    [Fact]
    public async Task Concurrent_calls_create_one_schema()
    {
        string name = Name();

        await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Schemas.EnsureAsync(name, mark, NothingElse, CancellationToken)));

        Assert.Equal((true, true), await Schemas.FindAsync(name, mark, CancellationToken));
    }

    [Fact]
    public async Task A_failure_before_the_commit_leaves_nothing()
    {
        string name = Name();

        await Assert.ThrowsAsync<TimeoutException>(() =>
            Schemas.EnsureAsync(name, mark, () => throw new TimeoutException(), CancellationToken));

        Assert.Equal((false, false), await Schemas.FindAsync(name, mark, CancellationToken));
    }

    [Fact]
    public async Task Dropping_deletes_the_content_and_all_objects_of_the_role()
    {
        string name = await EnsureAsync();
        await postgres.ExecuteAsync(
            $"""
            SET ROLE "{name}"; CREATE TABLE "{name}".orders (id int); RESET ROLE;
            """);

        await Schemas.DropAsync(name, mark, NothingElse, CancellationToken);

        Assert.Equal((false, false), await Schemas.FindAsync(name, mark, CancellationToken));
        Assert.False(await postgres.ReadAsync<bool>("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", name));
    }

    [Fact]
    public async Task A_mark_that_the_tenant_overwrites_on_its_schema_is_ignored()
    {
        string name = await EnsureAsync();
        await postgres.ExecuteAsync($"SET ROLE \"{name}\"; COMMENT ON SCHEMA \"{name}\" IS 'mine'; RESET ROLE");

        await Schemas.DropAsync(name, mark, NothingElse, CancellationToken);

        Assert.Equal((false, false), await Schemas.FindAsync(name, mark, CancellationToken));
    }

    [Fact]
    public async Task Production_refuses_a_superuser()
    {
        string address = Environment.GetEnvironmentVariable("TEST_DATABASE_URL")!;
        var options = ControlPlane.Persistence.DatabaseOptions.Parse("TEST_DATABASE_URL", address);
        await using var superuser = NpgsqlDataSource.Create(options);
        var schemas = new TenantSchemas(new TenantDatabase(superuser, RefusesSuperuser: true), Options);

        var e = await Assert.ThrowsAsync<ControlPlane.ControlPlaneException>(() =>
            schemas.EnsureAsync(Name(), mark, NothingElse, CancellationToken));

        Assert.Contains("superuser", e.Message, StringComparison.Ordinal);
    }

    // A tenant's role may take any advisory lock of the tenants' database.
    [Fact]
    public async Task A_lock_that_another_tenants_role_holds_stalls_nothing()
    {
        string stranger = await EnsureAsync(), name = Name();
        await using var connection = await postgres.Owner.OpenConnectionAsync(CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken);
        await using var hold = new NpgsqlCommand(
            $"""
            SET LOCAL ROLE "{stranger}"; SELECT pg_advisory_xact_lock(hashtextextended('arc-saas schema {name}', 0))
            """, connection);
        await hold.ExecuteNonQueryAsync(CancellationToken);

        await Schemas.EnsureAsync(name, mark, NothingElse, CancellationToken).WaitAsync(
            TimeSpan.FromSeconds(10), CancellationToken);

        Assert.Equal((true, true), await Schemas.FindAsync(name, mark, CancellationToken));
    }

    [Fact]
    public async Task A_tenants_role_cannot_hold_the_lock_of_a_schema()
    {
        string stranger = await EnsureAsync();

        string[] tables = await postgres.ReadAsync<string[]>(
            """
            SELECT array_agg(n.nspname || '.' || c.relname)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname LIKE 'arc_saas_locks_%' AND c.relkind = 'r'
            """);

        Assert.EndsWith(".held_names", Assert.Single(tables), StringComparison.Ordinal);
        Assert.False(await postgres.ReadAsync<bool>(
            $"SELECT has_table_privilege($1, '{tables[0]}', 'SELECT, INSERT, UPDATE, DELETE, REFERENCES')", stranger));
        Assert.Equal(0L, await postgres.ReadAsync<long>($"SELECT count(*) FROM {tables[0]}"));
    }

    private async Task<string> EnsureAsync()
    {
        string name = Name();
        await Schemas.EnsureAsync(name, mark, NothingElse, CancellationToken);
        return name;
    }

    private static string Name() => $"tenant_{SandboxFixture.UniqueKey()}";

    private static Task NothingElse() => Task.CompletedTask;
}
