using System.Security.Cryptography;
using System.Text;
using ControlPlane;
using Npgsql;
using Worker.Commands.Migrate;

namespace Testing;

/// <summary>A control database as the version before left it: every migration but the newest has run.</summary>
public sealed class OlderDatabase : IAsyncDisposable
{
    private OlderDatabase()
    {
    }

    public PostgresFixture Postgres { get; } = new();

    /// <summary>The text in which a process names both migrations.</summary>
    public string Migration { get; private set; } = "";

    private string FunctionsRole => new NpgsqlConnectionStringBuilder(Postgres.FunctionsConnectionString).Username!;

    public static async Task<OlderDatabase> CreateAsync()
    {
        var database = new OlderDatabase();
        await database.Postgres.InitializeAsync();
        await database.RebuildAsync();
        return database;
    }

    /// <summary>Lets the functions read what they may read in the version before, and the journal.</summary>
    public Task GrantAsync() => Postgres.ExecuteAsync(
        $"""
        GRANT USAGE ON SCHEMA public TO {FunctionsRole};
        GRANT SELECT ON ALL TABLES IN SCHEMA public TO {FunctionsRole};
        """);

    /// <summary>Applies the newest migration, as <c>Worker migrate --functions-role</c> does.</summary>
    public async Task MigrateAsync()
    {
        var migrator = new Migrator(Postgres.Owner);
        await migrator.MigrateAsync();
        await migrator.GrantRowsToAsync(FunctionsRole);
    }

    public ValueTask DisposeAsync() => Postgres.DisposeAsync();

    private async Task RebuildAsync()
    {
        await Postgres.ExecuteAsync("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        await Postgres.ExecuteAsync(
            """
            CREATE TABLE schema_migrations (
                name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())
            """);
        var scripts = typeof(ControlPlaneException).Assembly;
        string[] names = [.. scripts.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        foreach (string name in names[..^1])
        {
            using var reader = new StreamReader(scripts.GetManifestResourceStream(name)!, Encoding.UTF8);
            string text = await reader.ReadToEndAsync();
            await Postgres.ExecuteAsync(text);
            await Postgres.ExecuteAsync("INSERT INTO schema_migrations (name, checksum) VALUES ($1, $2)",
                name, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
        }

        Migration = $"{names[^2][..4]} found, {names[^1][..4]} needed";
    }
}
