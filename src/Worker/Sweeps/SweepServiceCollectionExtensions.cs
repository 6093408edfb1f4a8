using ControlPlane.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using Worker.Hosting;
using Worker.Systems.Keycloak;
using Worker.Systems.Novu;
using Worker.Systems.Postgres;
using Worker.Systems.S3;

namespace Worker.Sweeps;

public static class SweepServiceCollectionExtensions
{
    /// <summary>The sweep's workflow and its parts.</summary>
    public static IServiceCollection AddSweep(this IServiceCollection services, SettingsReader settings)
    {
        if (NovuOptions.From(settings) is not null)
        {
            services.AddTransient<NovuSubscribers>();
        }

        return services
            .AddOrphanSweep(settings)
            .AddSingleton<ContactRetention>()
            .AddSingleton<ExpiredRows>()
            .AddSingleton<AttemptRepair>()
            .AddSingleton<WelcomeMailRepair>()
            .AddTemporalActivities(typeof(RowActivities), TaskQueues.Control)
            .AddTemporalActivities(typeof(ContactActivities), TaskQueues.Novu)
            .AddTemporalActivities(typeof(OrphanActivities),
                TaskQueues.Control, TaskQueues.Keycloak, TaskQueues.Postgres, TaskQueues.S3)
            .AddTemporalActivities(typeof(SweepFailureActivities), TaskQueues.Control)
            .AddTemporalWorkflow<SweepWorkflow>();
    }

    /// <summary>What finds orphans in the systems that are on; the operator's command uses it too.</summary>
    public static IServiceCollection AddOrphanSweep(this IServiceCollection services, SettingsReader settings)
    {
        if (KeycloakOptions.From(settings) is not null)
        {
            services.AddTransient<IMarkedObjects, MarkedRealms>();
        }

        if (S3Options.From(settings) is not null)
        {
            services.AddTransient<IMarkedObjects, MarkedBuckets>();
        }

        return services
            .AddSweepDeletions()
            .AddTransient<IMarkedObjects, MarkedSchemas>()
            .AddSingleton(SweepOptions.From(settings))
            .AddSingleton(provider => new AttemptEvidence(
                provider.GetRequiredService<NpgsqlDataSource>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<SweepOptions>().Grace))
            .AddSingleton<OrphanRecords>()
            .AddTransient<OrphanSweeper>();
    }

    /// <summary>What the sweep writes before it deletes, and whoever creates asks.</summary>
    public static IServiceCollection AddSweepDeletions(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => new SweepDeletions(
            provider.GetRequiredService<NpgsqlDataSource>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<WorkerOptions>().RollbackSettle));
        return services;
    }
}
