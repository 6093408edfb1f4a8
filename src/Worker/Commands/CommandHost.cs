using ControlPlane.Persistence;
using ControlPlane.Settings;
using ControlPlane.Temporal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Temporalio.Client;
using Worker.Hosting;
using Worker.Readings;
using Worker.Sweeps;
using Worker.Systems;
using Worker.Systems.Postgres;
using OurConnection = ControlPlane.Temporal.TemporalConnection;

namespace Worker.Commands;

/// <summary>
/// Settings, connections and services of a command. Each is created on first use, so that a command needs only the
/// settings that it uses.
/// </summary>
public sealed class CommandHost : IAsyncDisposable
{
    private readonly IReadOnlyList<OutsideSystem> systems;
    private readonly HostApplicationBuilder builder = Host.CreateApplicationBuilder();
    private NpgsqlDataSource? database;
    private ServiceProvider? services;
    private TemporalClient? temporal;

    /// <param name="systems">The registered outside systems.</param>
    /// <param name="output">The destination of the output; null for the console.</param>
    public CommandHost(IReadOnlyList<OutsideSystem> systems, TextWriter? output = null)
    {
        this.systems = systems;
        Output = output ?? Console.Out;
        builder.AddLocalSettings();
        builder.Logging.ClearProviders();
        Settings = new SettingsReader(builder.Configuration, builder.Environment);
    }

    public SettingsReader Settings { get; }

    public TextWriter Output { get; }

    public TimeProvider Time { get; } = TimeProvider.System;

    public Guid InstallationId => Settings.RequireId("INSTALLATION_ID");

    public NpgsqlDataSource Database =>
        database ??= DataSources.Create(DatabaseOptions.From(Settings), "arc-saas-command");

    public async Task<TemporalClient> GetTemporalAsync() => temporal ??= await TemporalClient.ConnectAsync(
        OurConnection.ConnectOptions(TemporalOptions.From(Settings), WorkerJson.Options));

    /// <summary>Creates a report on <see cref="Output"/>.</summary>
    public Report CreateReport() => new(Output);

    /// <summary>Resolves a service of the worker, such as the client of an outside system or the sweep.</summary>
    public T GetService<T>()
        where T : notnull
    {
        services ??= builder.Services
            .AddSingleton(Time)
            .AddSingleton(_ => Database)
            .AddSingleton(_ => WorkerOptions.From(Settings))
            .AddRecords()
            .AddTransient<TenantReader>()
            .AddOrphanSweep(Settings)
            .AddOutsideSystems(systems, Settings)
            .BuildServiceProvider();
        return services.GetRequiredService<T>();
    }

    public async ValueTask DisposeAsync()
    {
        if (database is not null)
        {
            await database.DisposeAsync();
        }

        if (services is not null)
        {
            await services.DisposeAsync();
        }
    }
}
