using ControlPlane.Persistence;
using ControlPlane.Settings;
using ControlPlane.Temporal;
using ControlPlane.Tenants;
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
    private readonly CommandContext context;
    private readonly HostApplicationBuilder builder;
    private NpgsqlDataSource? database;
    private ServiceProvider? services;
    private TemporalClient? temporal;

    public CommandHost(CommandContext context)
    {
        this.context = context;
        builder = Host.CreateApplicationBuilder(context.Host);
        builder.AddLocalSettings();
        builder.Logging.ClearProviders();
        Settings = new SettingsReader(builder.Configuration, builder.Environment);
    }

    public SettingsReader Settings { get; }

    public TextWriter Output => context.Output;

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
            .AddSingleton(_ => TenantKeyOptions.From(Settings))
            .AddRecords()
            .AddTransient<TenantReader>()
            .AddOrphanSweep(Settings)
            .AddOutsideSystems(context.Systems, Settings)
            .BuildServiceProvider();
        return services.GetRequiredService<T>();
    }

    public async ValueTask DisposeAsync()
    {
        if (services is not null)
        {
            await services.DisposeAsync();
        }

        if (database is not null)
        {
            await database.DisposeAsync();
        }
    }
}
