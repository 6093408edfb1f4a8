using Npgsql;
using Testing;
using Worker.Commands.Migrate;

namespace Worker.Tests.Commands;

public sealed class MigratorTests : IAsyncLifetime
{
    private readonly PostgresFixture postgres = new();

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => postgres.InitializeAsync();

    public ValueTask DisposeAsync() => postgres.DisposeAsync();

    [Fact]
    public async Task A_second_run_applies_nothing() =>
        Assert.Empty(await new Migrator(postgres.Owner).MigrateAsync(CancellationToken));

    [Fact]
    public async Task Concurrent_migrators_apply_each_file_once()
    {
        await using var empty = await EmptyDatabaseAsync();

        var applied = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ =>
            Task.Run(() => new Migrator(empty).MigrateAsync(CancellationToken), CancellationToken)));

        Assert.Single(applied, files => files.Count > 0);
        Assert.Equal(3, applied.Count(files => files.Count == 0));
    }

    [Fact]
    public async Task A_changed_released_file_is_an_error_with_its_name()
    {
        await using var database = await EmptyDatabaseAsync();
        var migrator = new Migrator(database);
        await migrator.MigrateAsync(CancellationToken);
        await using var change = database.CreateCommand(
            "UPDATE schema_migrations SET checksum = 'other' WHERE name = '0001_leads.sql'");
        await change.ExecuteNonQueryAsync(CancellationToken);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => migrator.MigrateAsync(CancellationToken));

        Assert.Contains("0001_leads.sql was changed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_functions_role_may_only_read_and_write_rows()
    {
        await using var connection = await postgres.Functions.OpenConnectionAsync(CancellationToken);
        await Run("UPDATE leads SET verified_at = now() WHERE false");

        foreach (string sql in (string[])
            ["CREATE TABLE x ()", "DROP TABLE leads", "TRUNCATE residue", "SELECT * FROM schema_migrations"])
        {
            var error = await Assert.ThrowsAsync<PostgresException>(() => Run(sql));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, error.SqlState);
        }

        async Task Run(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(CancellationToken);
        }
    }

    // The control tables are always in "public": a schema with another name would not do.
    private async Task<NpgsqlDataSource> EmptyDatabaseAsync()
    {
        await postgres.ExecuteAsync("DROP SCHEMA public CASCADE");
        await postgres.ExecuteAsync("CREATE SCHEMA public");
        return NpgsqlDataSource.Create(postgres.OwnerConnectionString);
    }
}
