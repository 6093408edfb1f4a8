using ControlPlane.Connections;
using ControlPlane.Provisioning;
using ControlPlane.Readings;
using ControlPlane.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using Worker.Saga;
using Worker.Sweeps;

namespace Worker.Hosting;

public static class RecordsServiceCollectionExtensions
{
    /// <summary>Registers the repositories that steps, readings, the sweep and commands share.</summary>
    public static IServiceCollection AddRecords(this IServiceCollection services)
    {
        services.TryAddSingleton<ConnectionParts>();
        services.TryAddSingleton<OrphanRecords>();
        services.TryAddSingleton<ProvisionedTenants>();
        services.TryAddSingleton<ResidueRecords>();
        services.TryAddSingleton<ResourceRecords>();
        services.TryAddSingleton<SystemReadings>();
        services.TryAddSingleton<TenantRepository>();
        services.TryAddSingleton(provider => new SweepDeletions(
            provider.GetRequiredService<NpgsqlDataSource>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<WorkerOptions>().RollbackSettle));
        return services;
    }
}
