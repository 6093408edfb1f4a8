using ControlPlane;
using ControlPlane.Persistence;
using ControlPlane.Settings;
using ControlPlane.Temporal;
using ControlPlane.Tenants;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Worker.Audit;
using Worker.Invitations;
using Worker.Mails;
using Worker.Readings;
using Worker.Saga;
using Worker.Sweeps;
using Worker.Systems;
using Worker.Systems.Postgres;
using Worker.Telemetry;

namespace Worker.Hosting;

/// <summary>Builds the host of the worker.</summary>
public static class WorkerHost
{
    /// <summary>Creates a builder with settings, logs, the control database and the outside systems.</summary>
    /// <param name="host">The source of settings; null for the process's own environment.</param>
    /// <param name="systems">The outside systems; null for <see cref="OutsideSystems.All"/>.</param>
    /// <exception cref="SettingException">A setting has an unusable value.</exception>
    public static HostApplicationBuilder CreateBuilder(
        HostApplicationBuilderSettings? host = null, IReadOnlyList<OutsideSystem>? systems = null)
    {
        var builder = Host.CreateApplicationBuilder(host);
        builder.AddLocalSettings();
        var settings = new SettingsReader(builder.Configuration, builder.Environment);
        builder.Logging.AddWorkerLogs(settings);
        var database = DatabaseOptions.From(settings);
        builder.Services
            .AddControlPlane()
            .AddSingleton(settings)
            .AddSingleton(database)
            .AddSingleton(_ => DataSources.Create(database, "arc-saas-worker"))
            .AddSingleton(TemporalOptions.From(settings))
            .AddSingleton(WorkerOptions.From(settings))
            .AddSingleton(TenantKeyOptions.From(settings))
            .AddRecords()
            .AddOutsideSystems(systems ?? OutsideSystems.All, settings);
        return builder;
    }

    /// <summary>Adds the Temporal workers, which serve the task queues until the host stops.</summary>
    /// <param name="builder">A builder from <see cref="CreateBuilder"/>.</param>
    /// <param name="systems">The systems that were passed to <see cref="CreateBuilder"/>.</param>
    public static HostApplicationBuilder AddWorker(
        this HostApplicationBuilder builder, IReadOnlyList<OutsideSystem>? systems = null)
    {
        systems ??= OutsideSystems.All;
        var settings = new SettingsReader(builder.Configuration, builder.Environment);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(40));
        builder.Services
            .AddTelemetry(settings)
            .AddProvisioning(systems, settings)
            .AddReadings(systems)
            .AddTransient<TenantReader>()
            .AddMails(settings)
            .AddInvitations(settings)
            .AddAudit()
            .AddSweep(systems, settings)
            .AddSingleton<StartupGate>()
            .AddSingleton<LeaderLease>()
            .AddSingleton(HealthOptions.From(settings))
            .AddSingleton<WorkerHealth>()
            .AddSingleton(DeploymentVersion.From(settings))
            .AddSingleton(SystemsOff.From(systems, settings))
            // Before the workers, so that it stops after them.
            .AddHostedService<HealthEndpoint>()
            .AddHostedService<TemporalWorkers>();
        return builder;
    }

    /// <summary>
    /// Adds the settings file of the Functions host, in Development only. The environment takes precedence over it.
    /// </summary>
    /// <exception cref="SettingException">The file is not a valid settings file.</exception>
    internal static void AddLocalSettings(this HostApplicationBuilder builder, string file = "local.settings.json")
    {
        string path = Path.GetFullPath(file);
        if (!builder.Environment.IsDevelopment() || !File.Exists(path))
        {
            return;
        }

        try
        {
            var values = new ConfigurationBuilder().AddJsonFile(path).Build().GetSection("Values").AsEnumerable(true);
            builder.Configuration.Sources.Insert(0, new ChainedConfigurationSource
            {
                Configuration = new ConfigurationBuilder().AddInMemoryCollection(values).Build(),
            });
        }
        catch (InvalidDataException)
        {
            throw new SettingException(file, "text that is no such file",
                "{\"IsEncrypted\": false, \"Values\": {\"NAME\": \"value\"}}");
        }
    }

    private static void AddWorkerLogs(this ILoggingBuilder logging, SettingsReader settings)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(LogLevel.Information);
        logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        logging.AddFilter("Npgsql", LogLevel.Warning);
        logging.AddFilter("Temporalio", LogLevel.Warning);
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
            console.ColorBehavior = settings.Find("NO_COLOR") is null
                ? LoggerColorBehavior.Default
                : LoggerColorBehavior.Disabled;
        });
        if (settings.Find("LOG_DIR") is { } folder)
        {
            logging.Services.AddSingleton<ILoggerProvider>(services =>
                LogFile.Open(folder, services.GetRequiredService<TimeProvider>()));
        }
    }
}
