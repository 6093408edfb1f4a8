using ControlPlane;
using ControlPlane.Connections;
using ControlPlane.Provisioning;
using Npgsql;
using Worker.Steps;
using Worker.Tests.Support;

namespace Worker.Tests.Connections;

/// <summary>The login of a tenant's application: what it may do, where its password is, and its end.</summary>
public sealed class DatabaseLoginTests(TenantSecretsFixture secrets) : IClassFixture<TenantSecretsFixture>
{
    private readonly ProvisioningFixture fixture = secrets.Worker;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_application_logs_in_with_what_it_was_given_and_works_in_its_schema()
    {
        var tenant = await secrets.GivenActiveAsync();
        await using var source = await secrets.LogInAsync(tenant);
        await using var session = await source.OpenConnectionAsync(CancellationToken);

        await ExecuteAsync(session, "CREATE TABLE notes (text text); INSERT INTO notes VALUES ('kept')");

        string name = tenant.Resources.Schema;
        Assert.Equal($"{name} {name}_a {name} 7s kept", await ReadAsync(session,
            """
            SELECT concat_ws(' ', current_user, session_user, current_schema(), current_setting('statement_timeout'),
                text) FROM notes
            """));
        // Of the role that stays, so that the next login has the same rights.
        Assert.Equal(name, await fixture.Postgres.ReadAsync<string>(
            "SELECT tableowner::text FROM pg_tables WHERE tablename = 'notes' AND schemaname = $1", name));
    }

    [Fact]
    public async Task The_login_has_a_limit_of_connections_and_no_right_outside_its_schema()
    {
        var tenant = await secrets.GivenActiveAsync();
        await using var source = await secrets.LogInAsync(tenant);
        await using var first = await source.OpenConnectionAsync(CancellationToken);
        await using var second = await source.OpenConnectionAsync(CancellationToken);
        await using var third = await source.OpenConnectionAsync(CancellationToken);

        await AssertRefusedAsync(
            PostgresErrorCodes.TooManyConnections, async () => await source.OpenConnectionAsync(CancellationToken));
        foreach (string sql in (string[])
        [
            "CREATE SCHEMA mine", "CREATE TABLE public.mine (id int)", "SELECT * FROM public.tenants",
            "CREATE ROLE mine", "ALTER ROLE CURRENT_USER CONNECTION LIMIT 100",
            $"SET ROLE NONE; CREATE TABLE {tenant.Resources.Schema}.mine (id int)",
        ])
        {
            await AssertRefusedAsync(PostgresErrorCodes.InsufficientPrivilege, () => ExecuteAsync(first, sql));
        }
    }

    [Fact]
    public async Task The_password_is_a_file_for_its_owner_alone_and_nowhere_else()
    {
        var tenant = await secrets.GivenActiveAsync();
        await fixture.FailAsync(await GivenRefusedAsync());

        var login = (await secrets.GetConnectionAsync(tenant)).Login!;
        string name = $"{ProvisioningFixture.Installation}/{tenant.Id}/1/database-1";
        Assert.Equal(new SecretReference("folder", name), login.Password);
        Assert.Equal([name], secrets.FilesOf(tenant));
        string path = Path.Combine(secrets.Folder, name);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
                File.GetUnixFileMode(Path.GetDirectoryName(path)!));
        }

        string password = await File.ReadAllTextAsync(path, CancellationToken);
        Assert.Equal(43, password.Length);
        Assert.DoesNotContain(password, await fixture.DatabaseTextAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(password, fixture.Logs.Text, StringComparison.Ordinal);
        Assert.All(await fixture.HistoriesAsync(tenant),
            history => Assert.DoesNotContain(password, history.Decrypted, StringComparison.Ordinal));
        Assert.DoesNotContain((await fixture.Control.GetCallsAsync()).Select(call => $"{call.Path}?{call.Query}"),
            call => call.Contains(password, StringComparison.Ordinal));
        Assert.DoesNotContain(
            password, (await secrets.RunAsync("verify", tenant.Key)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_try_of_the_step_keeps_the_password()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.SetStateAsync(tenant, 1, "PROVISIONING");
        var step = new StepRun<ProvisionDatabase>(fixture, new ProvisionTenantInput(tenant.Id, 1));
        await step.ExecuteAsync();
        await using var first = await secrets.LogInAsync(tenant);

        await step.ExecuteAsync();

        await using var session = await first.OpenConnectionAsync(CancellationToken);
        Assert.Single(secrets.FilesOf(tenant));
    }

    [Fact]
    public async Task Verify_logs_in_and_doctor_writes_a_secret()
    {
        var tenant = await secrets.GivenActiveAsync();
        string name = tenant.Resources.Schema;

        string verified = (await secrets.RunAsync("verify", tenant.Key)).Output;
        await fixture.Postgres.ExecuteAsync($"ALTER ROLE {name}_a PASSWORD NULL");
        string broken = (await secrets.RunAsync("verify", tenant.Key)).Output;
        string doctor = (await secrets.RunAsync("doctor")).Output;

        Assert.Matches($"✔ database login +{name}_a, as {name} in {name}\n", verified);
        Assert.Matches("✘ database login +PostgreSQL refused \\(28P01\\)", broken);
        Assert.Matches("✔ tenant secrets +a secret was written, listed and deleted\n", doctor);
    }

    [Fact]
    public async Task A_rollback_ends_the_sessions_and_leaves_neither_login_nor_secret()
    {
        var tenant = await fixture.GivenTenantAsync();
        NpgsqlConnection? session = null;
        fixture.Hooks.Before("CreateResources", tenant, async () =>
        {
            session ??= await (await secrets.LogInAsync(tenant)).OpenConnectionAsync(CancellationToken);
            throw new ControlPlaneException(ErrorCode.Forbidden, "Refused.");
        });

        await fixture.FailAsync(tenant);

        Assert.Equal("PROVISION_FAILED", await fixture.StatusAsync(tenant));
        Assert.Equal(0L, await fixture.Postgres.ReadAsync<long>(
            "SELECT count(*) FROM pg_roles WHERE rolname LIKE $1", $"tenant\\_{tenant.Key}%"));
        Assert.Empty(secrets.FilesOf(tenant));
        Assert.Equal(0L, await fixture.Postgres.ReadAsync<long>(
            "SELECT count(*) FROM tenant_passwords WHERE tenant_id = $1", tenant.Id));
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => ReadAsync(session!, "SELECT 1"));
        await session!.DisposeAsync();
        Assert.True((await fixture.ReadResidueAsync(tenant)).IsClean);
    }

    [Fact]
    public async Task A_login_and_a_secret_that_an_undo_left_are_residue()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.SetStateAsync(tenant, 1, "PROVISIONING");
        var step = new StepRun<ProvisionDatabase>(fixture, new ProvisionTenantInput(tenant.Id, 1));
        await step.ExecuteAsync();
        await fixture.SetStateAsync(tenant, 1, "ROLLING_BACK");

        int left = await step.FindResidueAsync();
        await step.CompensateAsync();

        // Schema and owner share a name.
        Assert.Equal(3, left);
        Assert.Equal(0, await step.FindResidueAsync());
    }

    [Fact]
    public async Task A_foreign_role_with_the_name_of_the_login_is_not_touched()
    {
        var tenant = await fixture.GivenTenantAsync();
        string role = $"{tenant.Resources.Schema}_a";
        await fixture.Postgres.ExecuteAsync($"CREATE ROLE {role} LOGIN; GRANT {role} TO CURRENT_USER");

        var failure = await fixture.FailAsync(tenant);

        Assert.Equal("OWNERSHIP_CONFLICT", failure.Code, ignoreCase: true);
        Assert.True(await fixture.Postgres.ReadAsync<bool>(
            "SELECT rolcanlogin FROM pg_roles WHERE rolname = $1", role));
    }

    private async Task<TestTenant> GivenRefusedAsync()
    {
        var tenant = await fixture.GivenTenantAsync();
        fixture.Refuse("CreateResources", tenant);
        return tenant;
    }

    private static async Task AssertRefusedAsync(string state, Func<Task> act) =>
        Assert.Equal(state, (await Assert.ThrowsAsync<PostgresException>(act)).SqlState);

    private static async Task ExecuteAsync(NpgsqlConnection session, string sql)
    {
        await using var command = new NpgsqlCommand(sql, session);
        await command.ExecuteNonQueryAsync(CancellationToken);
    }

    private static async Task<string> ReadAsync(NpgsqlConnection session, string sql)
    {
        await using var command = new NpgsqlCommand(sql, session);
        return $"{await command.ExecuteScalarAsync(CancellationToken)}";
    }
}
