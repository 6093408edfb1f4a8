using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Api.Tests.Invitations;
using Api.Tests.Tenants;
using Npgsql;

namespace Api.Tests.Rights;

/// <summary>
/// The rights of the functions' role. All tests of the API run with exactly these, so a missing one fails there; this
/// one finds a right that no statement needs.
/// </summary>
[Collection(FakeWorker.Collection)]
public sealed class FunctionsRightsTests(ApiFixture fixture)
{
    private static string Role(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString).Username!;

    [Fact]
    public async Task The_role_has_each_right_that_a_statement_needs_and_no_other()
    {
        string role = Role(fixture.Postgres.FunctionsConnectionString);
        using var recorder = new StatementRecorder(role);
        await CallEveryRouteThatReadsOrWritesAsync();
        await using var database = NpgsqlDataSource.Create(fixture.Postgres.SuperuserConnectionString);
        await using var superuser = await database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        var rights = new RightsOfStatements(superuser, role);
        await rights.PrepareAsync(recorder.Statements);

        var surplus = new List<string>();
        foreach (var right in await rights.ListGrantedAsync())
        {
            if (await rights.FindNeedAsync(right) is null)
            {
                surplus.Add(right.ToSql());
            }
        }

        Assert.Empty(surplus);
        // The answer of a right that is not granted: every statement works without it.
        Assert.Null(await rights.FindNeedAsync(new Right("tenants", "DELETE", null)));
        Assert.Null(await rights.FindNeedAsync(new Right("sealing_keys", "UPDATE", null)));
    }

    [Theory]
    [InlineData("UPDATE sealing_keys SET id = id WHERE false")]
    [InlineData("INSERT INTO sealing_keys (id) VALUES ('x')")]
    [InlineData("DELETE FROM tenants WHERE false")]
    [InlineData("DELETE FROM leads WHERE false")]
    [InlineData("UPDATE tenants SET key = key WHERE false")]
    [InlineData("UPDATE tenant_domains SET domain = domain WHERE false")]
    [InlineData("UPDATE provisioning_attempts SET subscription = subscription WHERE false")]
    [InlineData("INSERT INTO resources (tenant_id) VALUES (NULL)")]
    [InlineData("SELECT FROM orphans")]
    [InlineData("SELECT FROM sweep_deletions")]
    [InlineData("SELECT FROM audit_seals")]
    [InlineData("INSERT INTO audit_events (at, event, actor, outcome) VALUES (now(), 'ACT_BEGUN', 'LEAD', 'x')")]
    public async Task The_role_cannot_do_what_the_functions_never_do(string sql)
    {
        await using var command = fixture.Postgres.Functions.CreateCommand(sql);

        var error = await Assert.ThrowsAsync<PostgresException>(
            () => command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, error.SqlState);
    }

    [Fact]
    public async Task A_table_of_a_later_migration_is_not_open_to_the_role()
    {
        await fixture.Postgres.ExecuteAsync("CREATE TABLE of_later ()");
        try
        {
            await using var command = fixture.Postgres.Functions.CreateCommand("SELECT FROM of_later");
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(
                () => command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken))).SqlState);
        }
        finally
        {
            await fixture.Postgres.ExecuteAsync("DROP TABLE of_later");
        }
    }

    private async Task CallEveryRouteThatReadsOrWritesAsync()
    {
        await using var worker = await FakeWorker.StartAsync(fixture);
        var app = worker.Functions;
        string bearer = fixture.Realm.CreateToken(app.Time.GetUtcNow());
        var lead = await app.Data.CreateLeadAsync();
        (await app.PostAsync($"/leads/{lead.Id}/resend")).Expect(HttpStatusCode.OK);
        (await app.GetAsync("/health/ready")).Expect(HttpStatusCode.OK);
        await SignUpWithKeyAsync(app, TestData.SignUp($"{TestData.NewKey()}.com"), HttpStatusCode.Created);
        await SignUpWithKeyAsync(app, new { email = "no address" }, HttpStatusCode.BadRequest);

        string token = await worker.CreateInvitationTokenAsync();
        (await app.PostAsync("/invitations/accept", new { token, password = "correct horse battery" }))
            .Expect(HttpStatusCode.NoContent);

        app = fixture.Application;
        var tenant = await app.Data.CreateTenantAsync();
        await app.Data.VerifyAsync(tenant.Lead);
        (await app.PostAsync($"/tenants/{tenant.Id}/provision", TestData.Subscription(tenant.Id), bearer))
            .Expect(HttpStatusCode.Accepted);
        (await app.PostAsync($"/tenants/{tenant.Id}/provisioning/cancel", null, bearer))
            .Expect(HttpStatusCode.Accepted);
        (await app.PostAsync($"/tenants/{tenant.Id}/provisioning/rollback", null, bearer))
            .Expect(HttpStatusCode.Accepted);
        foreach (string path in (string[])
            ["?q=ab&tier=silo&email=a@example.com&domain=example.com", $"/{tenant.Id}", $"/{tenant.Id}/provisioning",
             $"/{tenant.Id}/resources", $"/{tenant.Id}/audit"])
        {
            (await app.GetAsync($"/tenants{path}", bearer)).Expect(HttpStatusCode.OK);
        }

        await fixture.Postgres.ExecuteAsync(
            "UPDATE tenants SET status = 'ACTIVE' WHERE id = $1", Guid.Parse(tenant.Id));
        (await app.GetAsync($"/tenants/{tenant.Id}/connection", bearer)).Expect(HttpStatusCode.OK);
        (await app.GetAsync($"/connections?key={tenant.Key}", bearer)).Expect(HttpStatusCode.OK);

        var released = await app.Data.CreateTenantAsync();
        await using var readings = await FakeReadings.StartAsync(fixture, findsObject: false);
        (await readings.App.GetAsync($"/tenants/{tenant.Id}/residue", bearer)).Expect(HttpStatusCode.OK);
        (await readings.App.SendAsync(HttpMethod.Delete, $"/tenants/{released.Id}", bearer, null))
            .Expect(HttpStatusCode.OK);
    }

    /// <summary>Sends a sign-up twice with one key: the second gets the stored answer, or runs again.</summary>
    private static async Task SignUpWithKeyAsync(ApiApplication app, object body, HttpStatusCode status)
    {
        string key = RandomNumberGenerator.GetHexString(32);
        for (int i = 0; i < 2; i++)
        {
            (await app.SendAsync(HttpMethod.Post, "/leads", null, JsonContent.Create(body), ("Idempotency-Key", key)))
                .Expect(status);
        }
    }
}
