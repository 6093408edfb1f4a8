using System.Net;
using EmbeddedTemporal;
using Npgsql;
using Testing;

namespace Api.Tests.Http;

/// <summary>
/// An error that tells where or how the functions are connected is 503: the caller tries again, and nothing is wrong
/// with the request.
/// </summary>
public sealed class ConnectionStateTests(ApiFixture fixture)
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("25006", "does not serve this process")]
    [InlineData("28", "does not serve this process")]
    [InlineData("3D000", "does not serve this process")]
    [InlineData("42501", "does not serve this process")]
    [InlineData("42P01", "run the worker's `migrate`")]
    [InlineData("42703", "run the worker's `migrate`")]
    public async Task A_state_of_the_database_is_503(string state, string detail)
    {
        await using var app = fixture.StartApplication(("DATABASE_URL", await ConnectAsync(state)));

        var answer = await app.PostAsync("/leads", TestData.SignUp($"{SandboxFixture.UniqueKey()}.com"));

        answer.AssertProblem(503, "unavailable");
        Assert.Contains(detail, answer.GetString("detail"), StringComparison.Ordinal);
        Assert.Contains(
            app.Log.All, line => line.Contains($"PostgreSQL answered {state}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_Temporal_that_goes_away_while_an_earlier_run_is_awaited_is_no_500(bool comesBackEmpty)
    {
        var temporal = await EmbeddedTemporalServer.StartAsync(
            new EmbeddedTemporalOptions { Namespaces = ["arc-saas"] }, CancellationToken);
        await using var app = fixture.StartApplication(("TEMPORAL_ADDRESS", temporal.Address));
        var tenant = await app.Data.CreateTenantAsync();
        string bearer = fixture.Realm.CreateToken(app.Time.GetUtcNow());
        string path = $"/tenants/{tenant.Id}/provision";
        (await app.PostAsync(path, TestData.Subscription(tenant.Id), bearer)).Expect(HttpStatusCode.Accepted);
        var id = Guid.Parse(tenant.Id);
        await fixture.Postgres.ExecuteAsync("UPDATE tenants SET status = 'PROVISION_FAILED' WHERE id = $1", id);
        await fixture.Postgres.ExecuteAsync(
            "UPDATE provisioning_attempts SET state = 'ROLLED_BACK' WHERE tenant_id = $1", id);

        var second = app.PostAsync(path, TestData.Subscription(tenant.Id), bearer);
        await AssertMore.EventuallyAsync(async () => Assert.Equal(2L, await fixture.Postgres.ReadAsync<long>(
            "SELECT count(*) FROM provisioning_attempts WHERE tenant_id = $1", id)));
        int port = new Uri($"http://{temporal.Address}").Port;
        await temporal.DisposeAsync();
        await using var empty = comesBackEmpty
            ? await EmbeddedTemporalServer.StartAsync(
                new() { Port = port, Namespaces = ["arc-saas"] }, CancellationToken)
            : null;
        await AssertMore.EventuallyAsync(() =>
        {
            app.Time.Advance(TimeSpan.FromSeconds(1));
            Assert.True(second.IsCompleted);
            return Task.CompletedTask;
        });

        var answer = await second;
        // A call that asks for the earlier run only after the restart finds none, and starts its own.
        if (!comesBackEmpty || answer.Status != HttpStatusCode.Accepted)
        {
            answer.AssertProblem(503, "unavailable");
        }
    }

    // Each state is produced by the server itself.
    private async Task<string> ConnectAsync(string state)
    {
        var connection = new NpgsqlConnectionStringBuilder(fixture.Postgres.FunctionsConnectionString);
        switch (state)
        {
            case "25006":
                connection.Options = "-c default_transaction_read_only=on";
                break;
            case "28":
                connection.Username = "no_such_role";
                break;
            case "3D000":
                connection.Database = "no_such_database";
                break;
            case "42501":
                await fixture.Postgres.ExecuteAsync("CREATE SCHEMA ungranted CREATE TABLE leads (LIKE public.leads)");
                await fixture.Postgres.ExecuteAsync("GRANT USAGE ON SCHEMA ungranted TO PUBLIC");
                connection.SearchPath = "ungranted";
                break;
            case "42P01":
                connection.SearchPath = "no_such_schema";
                break;
            case "42703":
                await fixture.Postgres.ExecuteAsync("CREATE SCHEMA older CREATE TABLE leads (id uuid)");
                await fixture.Postgres.ExecuteAsync("GRANT USAGE ON SCHEMA older TO PUBLIC");
                await fixture.Postgres.ExecuteAsync("GRANT ALL ON older.leads TO PUBLIC");
                connection.SearchPath = "older";
                break;
        }

        return connection.ConnectionString;
    }
}
