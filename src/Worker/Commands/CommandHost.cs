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
/// What the commands share: settings as the worker reads them, and connections made when they are first asked for, so
/// that a command misses no setting that it does not need.
/// </summary>
internal sealed class CommandHost : IAsyncDisposable
{
    private readonly HostApplicationBuilder builder = Host.CreateApplicationBuilder();
    private NpgsqlDataSource? database;
    private ServiceProvider? services;
    private TemporalClient? temporal;

    public CommandHost()
    {
        builder.AddLocalSettings();
        builder.Logging.ClearProviders();
        Settings = new SettingsReader(builder.Configuration, builder.Environment);
    }

    public SettingsReader Settings { get; }

    public TimeProvider Time { get; } = TimeProvider.System;

    public Guid Installation => Settings.RequireId("INSTALLATION_ID");

    public NpgsqlDataSource Database =>
        database ??= DataSources.Create(DatabaseOptions.From(Settings), "arc-saas-command");

    public async Task<TemporalClient> TemporalAsync() => temporal ??= await TemporalClient.ConnectAsync(
        OurConnection.ConnectOptions(TemporalOptions.From(Settings), WorkerJson.Options));

    /// <summary>The clients of the outside systems what sweeps and what reads them, as the worker makes them.</summary>
    public T Outside<T>()
        where T : notnull
    {
        services ??= builder.Services
            .AddSingleton(Time)
            .AddSingleton(_ => Database)
            .AddSingleton(_ => WorkerOptions.From(Settings))
            .AddOutsideSystems(Settings)
            .AddOrphanSweep(Settings)
            .AddTenantsInSystems(Settings)
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
