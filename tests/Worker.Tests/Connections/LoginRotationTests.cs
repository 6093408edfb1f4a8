using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Testing;
using Worker.Saga;
using Worker.Systems.Postgres;
using Worker.Tests.Support;

namespace Worker.Tests.Connections;

/// <summary><c>rotate</c>: two logins that are valid by turns.</summary>
public sealed class LoginRotationTests(TenantSecretsFixture secrets) : IClassFixture<TenantSecretsFixture>
{
    private readonly ProvisioningFixture fixture = secrets.Worker;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_former_login_is_valid_until_the_next_rotation()
    {
        var tenant = await secrets.GivenActiveAsync();
        string name = tenant.Resources.Schema;
        await using var first = await secrets.LogInAsync(tenant);

        var one = await secrets.RunAsync("rotate", tenant.Key);
        await using var second = await secrets.LogInAsync(tenant);
        string afterOne = $"{await UserAsync(first)} {await UserAsync(second)}";
        await using var open = await first.OpenConnectionAsync(CancellationToken);
        var two = await secrets.RunAsync("rotate", tenant.Key);
        await using var third = await secrets.LogInAsync(tenant);

        Assert.Equal((0, $"\u2714 {tenant.Key,-22} {name}_b, generation 2\n"), one);
        Assert.Equal((0, $"\u2714 {tenant.Key,-22} {name}_a, generation 3\n"), two);
        Assert.Equal($"{name}_a {name}_b", afterOne);
        Assert.Equal($"{name}_b {name}_a", $"{await UserAsync(second)} {await UserAsync(third)}");
        Assert.Equal(PostgresErrorCodes.InvalidPassword,
            (await Assert.ThrowsAsync<PostgresException>(() => UserAsync(first))).SqlState);
        // Its open session has ended, too.
        await using var command = new NpgsqlCommand("SELECT 1", open);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => command.ExecuteScalarAsync(CancellationToken));
    }

    [Fact]
    public async Task Only_the_secrets_and_records_of_both_valid_logins_remain()
    {
        var tenant = await secrets.GivenActiveAsync();

        await secrets.RunAsync("rotate", tenant.Key);
        await secrets.RunAsync("rotate", tenant.Key);

        string attempt = $"{ProvisioningFixture.Installation}/{tenant.Id}/1";
        string[] names = [$"{attempt}/database-2", $"{attempt}/database-3"];
        Assert.Equal(names, secrets.FilesOf(tenant));
        Assert.Equal(string.Join(' ', names), await fixture.Postgres.ReadAsync<string>(
            """
            SELECT string_agg(name, ' ' ORDER BY name) FROM resources
            WHERE tenant_id = $1 AND type = 'tenant_secret' AND state = 'CREATED'
            """,
            tenant.Id));
        Assert.True((await fixture.ReadResidueAsync(tenant)).IsClean);
        Assert.Contains("✔ database login", (await secrets.RunAsync("verify", tenant.Key)).Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_query_of_an_application_under_load_fails_while_its_login_is_rotated()
    {
        var tenant = await secrets.GivenActiveAsync();
        var failures = new List<Exception>();
        int queries = 0, generation = 0;
        using var stop = new CancellationTokenSource();
        var load = QueryAsync(tenant, stop.Token);

        for (int i = 2; i <= 6; i++)
        {
            await secrets.RunAsync("rotate", tenant.Key);
            // The application has read the connection, and has used the new login.
            await AssertMore.EventuallyAsync(
                () => Task.FromResult(Volatile.Read(ref generation)), current => current == i || failures.Count > 0);
            int before = Volatile.Read(ref queries);
            await AssertMore.EventuallyAsync(
                () => Task.FromResult(Volatile.Read(ref queries)), now => now > before + 20 || failures.Count > 0);
        }

        await stop.CancelAsync();
        await load;
        Assert.Empty(failures);

        // Two connections that query without a pause; the connection is read again after every tenth query.
        async Task QueryAsync(TestTenant of, CancellationToken stopped)
        {
            while (!stopped.IsCancellationRequested && failures.Count == 0)
            {
                try
                {
                    int read = (await secrets.GetConnectionAsync(of)).Login!.Generation;
                    await using var source = await secrets.LogInAsync(of, pools: true);
                    for (int i = 0; i < 10; i++)
                    {
                        await Task.WhenAll(UserAsync(source), UserAsync(source));
                        Interlocked.Add(ref queries, 2);
                    }

                    Volatile.Write(ref generation, read);
                }
                catch (Exception e) when (e is NpgsqlException or IOException)
                {
                    failures.Add(e);
                }
            }
        }
    }

    [Fact]
    public async Task A_rotation_that_was_interrupted_is_completed_with_the_same_password()
    {
        var tenant = await secrets.GivenActiveAsync();
        var logins = fixture.Services.GetRequiredService<DatabaseLogins>();
        var provisioned = await fixture.Services.GetRequiredService<ProvisionedTenants>()
            .LoadCurrentAsync(tenant.Id, CancellationToken);
        var prepared = await logins.PrepareAsync(provisioned, 2, () => Task.CompletedTask, CancellationToken);
        await fixture.Schemas.EnsureAsync(
            tenant.Resources.Schema, provisioned.Mark, prepared!.Login, () => Task.CompletedTask, CancellationToken);
        string password = await secrets.ReadSecretAsync(prepared.Connection.Password);

        await secrets.RunAsync("rotate", tenant.Key);

        var login = (await secrets.GetConnectionAsync(tenant)).Login!;
        Assert.Equal((2, password), (login.Generation, await secrets.ReadSecretAsync(login.Password)));
        await using var source = await secrets.LogInAsync(tenant);
        Assert.Equal($"{tenant.Resources.Schema}_b", await UserAsync(source));
    }

    [Fact]
    public async Task A_tenant_that_was_provisioned_without_a_login_gets_its_first_one()
    {
        await using (await fixture.ChangeSettingsAsync(("TENANT_SECRETS_ENABLED", "false")))
        {
            var older = await secrets.GivenActiveAsync();
            await fixture.Postgres.ExecuteAsync("DELETE FROM tenant_connections WHERE tenant_id = $1", older.Id);
            Assert.Contains("Tenant secrets are switched off", (await secrets.RunAsync("rotate", older.Key)).Output,
                StringComparison.Ordinal);
            await fixture.RestartWorkerAsync(("TENANT_SECRETS_ENABLED", null));

            Assert.Equal(0, (await secrets.RunAsync("rotate", older.Key)).ExitCode);

            await using var source = await secrets.LogInAsync(older);
            Assert.Equal($"{older.Resources.Schema}_a", await UserAsync(source));
        }
    }

    [Fact]
    public async Task Only_an_active_tenant_is_rotated()
    {
        var tenant = await fixture.GivenTenantAsync();

        var (exitCode, output) = await secrets.RunAsync("rotate", tenant.Key);

        Assert.Equal(1, exitCode);
        Assert.Contains("It is PENDING_PROVISION; only the login of an ACTIVE tenant is rotated.", output,
            StringComparison.Ordinal);
    }

    private static async Task<string> UserAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("SELECT session_user::text");
        return (string)(await command.ExecuteScalarAsync(CancellationToken))!;
    }
}
