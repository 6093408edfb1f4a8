using EmbeddedTemporal;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Testing;
using Worker.Commands;
using Worker.Hosting;
using Worker.Systems.Postgres;
using Worker.Tests.Support;

namespace Worker.Tests.Hosting;

/// <summary>The worker and its <c>doctor</c> with a control database of the version before.</summary>
public sealed class OlderDatabaseTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_worker_says_once_what_it_waits_for_and_begins_when_the_database_is_migrated()
    {
        await using var older = await OlderDatabase.CreateAsync();
        await using var temporal = await EmbeddedTemporalServer.StartAsync(
            new() { Namespaces = ["arc-saas"] }, CancellationToken);
        var logs = new CollectedLogs();
        int questions = 0;
        using var host = Build(logs, Settings(older, temporal.Address), CountConnections(older, () => questions++));
        var health = host.Services.GetRequiredService<WorkerHealth>();

        await host.StartAsync(CancellationToken);
        await AssertMore.EventuallyAsync(
            () => Task.FromResult(health.MissingMigration), missing => missing is not null);
        // The sealing of the audit asks too, every ten seconds; the worker every two.
        int before = Volatile.Read(ref questions);
        await AssertMore.EventuallyAsync(
            () => Task.FromResult(Volatile.Read(ref questions)), asked => asked >= before + 4);
        var waiting = (health.IsServing, health.MissingMigration);
        await older.MigrateAsync();
        await AssertMore.EventuallyAsync(() => Task.FromResult(health.IsServing), isServing => isServing);
        await host.StopAsync(CancellationToken);

        Assert.Equal((false, older.Migration), waiting);
        Assert.Null(health.MissingMigration);
        Assert.Contains($"Waiting for the control database: migration {older.Migration}; run `migrate`",
            Assert.Single(logs.Lines, line => line.Contains("Waiting for", StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_names_both_migrations_and_the_remedy()
    {
        await using var older = await OlderDatabase.CreateAsync();
        await using var output = new StringWriter();
        var context = new CommandContext([new PostgresSystem()])
        {
            Host = new()
            {
                Configuration = Settings(older, "127.0.0.1:9"),
                DisableDefaults = true,
                EnvironmentName = Environments.Development,
            },
            Output = output,
        };

        int exitCode = await CommandLine.RunAsync(["doctor"], context);

        Assert.Equal(1, exitCode);
        Assert.Contains($"its tables are missing or older: migration {older.Migration}", output.ToString(),
            StringComparison.Ordinal);
        Assert.Contains("Run `Worker migrate`", output.ToString(), StringComparison.Ordinal);
    }

    private static NpgsqlDataSource CountConnections(OlderDatabase older, Action count)
    {
        var builder = new NpgsqlDataSourceBuilder(older.Postgres.OwnerConnectionString);
        builder.ConnectionStringBuilder.Pooling = false;
        builder.UsePhysicalConnectionInitializer(_ => count(), _ =>
        {
            count();
            return Task.CompletedTask;
        });
        return builder.Build();
    }

    private static ConfigurationManager Settings(OlderDatabase older, string temporal)
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["INSTALLATION_ID"] = ProvisioningFixture.Installation.ToString("D"),
            ["DATABASE_URL"] = older.Postgres.OwnerConnectionString,
            ["TEMPORAL_ADDRESS"] = temporal,
        });
        return configuration;
    }

    private static IHost Build(CollectedLogs logs, ConfigurationManager settings, NpgsqlDataSource database)
    {
        var builder = WorkerHost.CreateBuilder(new HostApplicationBuilderSettings
        {
            Configuration = settings,
            EnvironmentName = Environments.Development,
        }).AddWorker();
        builder.Services.AddSingleton(database);
        builder.Logging.ClearProviders().AddProvider(logs);
        return builder.Build();
    }
}
