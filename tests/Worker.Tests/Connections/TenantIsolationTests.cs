using System.Net;
using Npgsql;
using Testing;
using Worker.Tests.Support;

namespace Worker.Tests.Connections;

/// <summary>
/// One tenant's credentials on everything that is not its own. As in Production, the tenants' database is not the
/// control database, and both are closed to roles without a grant.
/// </summary>
public sealed class TenantIsolationTests(TenantSecretsFixture secrets)
    : IClassFixture<TenantSecretsFixture>, IAsyncLifetime
{
    private readonly ProvisioningFixture fixture = secrets.Worker;
    private readonly string database = $"tenants_{SandboxFixture.UniqueKey()}";

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private string Control => new NpgsqlConnectionStringBuilder(fixture.Postgres.OwnerConnectionString).Database!;

    private string Owner => new NpgsqlConnectionStringBuilder(fixture.Postgres.OwnerConnectionString).Username!;

    public async ValueTask InitializeAsync()
    {
        await ExecuteAsync($"CREATE DATABASE {database} OWNER {Owner}");
        var address = new NpgsqlConnectionStringBuilder(fixture.Postgres.OwnerConnectionString)
        {
            Port = IPEndPoint.Parse(fixture.Sandbox.Postgres!).Port,
            Database = database,
        };
        await fixture.RestartWorkerAsync(("TENANT_DATABASE_URL", address.ConnectionString));
    }

    public async ValueTask DisposeAsync()
    {
        await ExecuteAsync($"DROP DATABASE {database} WITH (FORCE)");
        await ExecuteAsync("GRANT CONNECT ON DATABASE postgres TO PUBLIC; "
            + "GRANT CONNECT ON DATABASE template1 TO PUBLIC");
    }

    [Fact]
    public async Task A_tenants_login_is_refused_everywhere_but_in_its_own_schema()
    {
        string open = (await secrets.RunAsync("doctor")).Output;
        string setup = (await secrets.RunAsync("setup", "--without-realm")).Output;
        foreach (string name in (string[])[Control, "postgres", "template1"])
        {
            await ExecuteAsync($"REVOKE CONNECT ON DATABASE {name} FROM PUBLIC");
        }

        var (own, other) = (await secrets.GivenActiveAsync(), await secrets.GivenActiveAsync());
        await using var source = await secrets.LogInAsync(own);
        await using var theirs = await secrets.LogInAsync(other);
        await RunAsync(theirs, "CREATE TABLE orders (id int)");
        string b = other.Resources.Schema;

        Assert.Matches($"✘ tenants' logins +every role may connect to .*{database}", open);
        Assert.Contains($"tenants' database: {database} closed to roles without a grant\n", setup,
            StringComparison.Ordinal);
        Assert.Equal(
            [
                "own schema: done",
                "other schema, read: 42501",
                "other schema, write: 42501",
                "other schema, create: 42501",
                "other schema, drop: 42501",
                "become the other owner: 42501",
                "become the other login: 42501",
                "become the worker: 42501",
                "the other password's verifier: 42501",
                "own schema in other hands: 42501",
                "public: 42501",
                "temporary table: 42501",
                "server file: 42501",
                "control database: 42501",
                "postgres: 42501",
                "template1: 42501",
            ],
            [
                await TryAsync("own schema", source, "CREATE TABLE mine (id int); INSERT INTO mine VALUES (1)"),
                await TryAsync("other schema, read", source, $"SELECT * FROM {b}.orders"),
                await TryAsync("other schema, write", source, $"INSERT INTO {b}.orders VALUES (1)"),
                await TryAsync("other schema, create", source, $"CREATE TABLE {b}.mine (id int)"),
                await TryAsync("other schema, drop", source, $"DROP SCHEMA {b} CASCADE"),
                await TryAsync("become the other owner", source, $"SET ROLE {b}"),
                await TryAsync("become the other login", source, $"SET ROLE {b}_a"),
                await TryAsync("become the worker", source, $"SET ROLE {Owner}"),
                await TryAsync("the other password's verifier", source, "SELECT rolpassword FROM pg_authid"),
                await TryAsync("own schema in other hands", source,
                    $"ALTER SCHEMA {own.Resources.Schema} OWNER TO {b}"),
                await TryAsync("public", source, "CREATE TABLE public.mine (id int)"),
                await TryAsync("temporary table", source, "CREATE TEMPORARY TABLE mine (id int)"),
                await TryAsync("server file", source, "COPY pg_class TO '/tmp/mine'"),
                await TryConnectAsync("control database", own, Control),
                await TryConnectAsync("postgres", own, "postgres"),
                await TryConnectAsync("template1", own, "template1"),
            ]);
        // The server is shared with other tests, whose databases are open.
        string closed = (await secrets.RunAsync("doctor")).Output.Split('\n')
            .Single(line => line.Contains("tenants' logins", StringComparison.Ordinal));
        Assert.DoesNotContain(
            (string[])[database, Control, "postgres", "template1"], name => closed.Split(' ', ',').Contains(name));
    }

    private async Task<string> TryConnectAsync(string what, TestTenant tenant, string name)
    {
        await using var source = await secrets.LogInAsync(tenant, name);
        return await TryAsync(what, source, "SELECT 1");
    }

    private static async Task<string> TryAsync(string what, NpgsqlDataSource source, string sql)
    {
        try
        {
            await RunAsync(source, sql);
            return $"{what}: done";
        }
        catch (PostgresException e)
        {
            return $"{what}: {e.SqlState}";
        }
    }

    private static async Task RunAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(CancellationToken);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(
            fixture.Postgres.SuperuserConnectionString)
        { Database = "postgres", Pooling = false });
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }
}
