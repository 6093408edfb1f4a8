using ControlPlane.Provisioning;
using ControlPlane.Readings;
using ControlPlane.Settings;
using ControlPlane.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Worker.Hosting;
using Worker.Saga;
using Worker.Systems.Keycloak;
using Worker.Systems.Postgres;
using Worker.Systems.S3;

namespace Worker.Readings;

public static class ReadingsServiceCollectionExtensions
{
    public static IServiceCollection AddReadings(this IServiceCollection services, SettingsReader settings) =>
        services
            .AddTenantsInSystems(settings)
            .AddTemporalActivities(
                typeof(ReadingActivities), [TaskQueues.Control, .. ReadResidueWorkflow.Queues.Select(q => q.Queue)])
            .AddTemporalWorkflow<ReadResidueWorkflow>();

    /// <summary>What reads the systems that are on; the operator's command uses it too.</summary>
    public static IServiceCollection AddTenantsInSystems(this IServiceCollection services, SettingsReader settings)
    {
        if (KeycloakOptions.From(settings) is not null)
        {
            services.AddTransient<ITenantInSystem, TenantInKeycloak>();
        }

        if (S3Options.From(settings) is not null)
        {
            services.AddTransient<ITenantInSystem, TenantInS3>();
        }

        services.AddTransient<ITenantInSystem, TenantInPostgres>();
        services.TryAddSingleton<ProvisionedTenants>();
        services.TryAddSingleton<ResidueRecords>();
        services.TryAddSingleton<ResourceRecords>();
        services.TryAddSingleton<SystemReadings>();
        services.TryAddSingleton<TenantRepository>();
        services.TryAddTransient<TenantRealmFinder>();
        services.TryAddTransient<TenantStorage>();
        return services;
    }
}
