using System.Net;
using ControlPlane.Persistence;
using Npgsql;
using Testing;

namespace Api.Tests.Health;

/// <summary>During an upgrade the functions may be newer than the control database, or older.</summary>
public sealed class OlderDatabaseTests(ApiFixture fixture)
{
    [Fact]
    public async Task A_request_is_503_with_both_migrations_until_the_database_is_migrated()
    {
        await using var older = await OlderDatabase.CreateAsync();
        await older.GrantAsync();
        await using var app = fixture.StartApplication(("DATABASE_URL", older.Postgres.FunctionsConnectionString));
        var signUp = TestData.SignUp($"{SandboxFixture.UniqueKey()}.com");

        var answer = await app.PostAsync("/leads", signUp);
        var ready = await app.GetAsync("/health/ready");
        await older.MigrateAsync();
        var migrated = await app.PostAsync("/leads", signUp);

        answer.AssertProblem(503, "unavailable");
        Assert.Equal(
            $"The control database is older than this process: migration {older.Migration}. "
            + "Run the worker's `migrate`.",
            answer.GetString("detail"));
        Assert.Equal("5", answer.Headers.RetryAfter?.ToString());
        Assert.Contains(app.Log.All, line => line.Contains(
            $"is unavailable: The control database is older than this process: migration {older.Migration}",
            StringComparison.Ordinal));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "not_migrated", older.Migration),
            (ready.Status, ready.GetString("database"), ready.GetString("migration")));
        migrated.Expect(HttpStatusCode.Created);
        (await app.GetAsync("/health/ready")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Rights_of_the_version_before_are_an_older_database_too()
    {
        await using var older = await OlderDatabase.CreateAsync();
        await older.GrantAsync();
        await older.Postgres.ExecuteAsync("REVOKE ALL ON schema_migrations FROM PUBLIC, "
            + new NpgsqlConnectionStringBuilder(older.Postgres.FunctionsConnectionString).Username);
        await using var app = fixture.StartApplication(("DATABASE_URL", older.Postgres.FunctionsConnectionString));

        var ready = await app.GetAsync("/health/ready");
        await older.MigrateAsync();

        Assert.Equal($"none that this role may read found, {Migrations.Newest} needed", ready.GetString("migration"));
        (await app.GetAsync("/health/ready")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_newer_database_serves()
    {
        await using var older = await OlderDatabase.CreateAsync();
        await older.MigrateAsync();
        await older.Postgres.ExecuteAsync(
            "INSERT INTO schema_migrations (name, checksum) VALUES ('9999_of_the_next_version.sql', 'unknown here')");
        await using var app = fixture.StartApplication(("DATABASE_URL", older.Postgres.FunctionsConnectionString));

        (await app.PostAsync("/leads", TestData.SignUp($"{SandboxFixture.UniqueKey()}.com")))
            .Expect(HttpStatusCode.Created);
        (await app.GetAsync("/health/ready")).Expect(HttpStatusCode.OK);
    }
}
