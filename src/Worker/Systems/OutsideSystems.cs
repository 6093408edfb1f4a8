using ControlPlane.Settings;
using Microsoft.Extensions.DependencyInjection;
using Worker.Systems.Keycloak;
using Worker.Systems.Novu;
using Worker.Systems.Postgres;
using Worker.Systems.S3;
using Worker.Systems.Secrets;
using Worker.Systems.Temporal;
using Worker.Systems.Terraform;

namespace Worker.Systems;

/// <summary>The registry of outside systems, in the order in which commands and readings list them.</summary>
public static class OutsideSystems
{
    public static IReadOnlyList<OutsideSystem> All { get; } =
    [
        new TemporalSystem(),
        new KeycloakSystem(),
        new PostgresSystem(),
        new S3System(),
        new SecretsSystem(),
        new NovuSystem(),
        new TerraformSystem(),
        UnbuiltSystem.Deployment,
        UnbuiltSystem.Dns,
    ];

    /// <summary>Registers the systems and the services of each.</summary>
    /// <exception cref="SettingException">A setting has an unusable value, or a required one is missing.</exception>
    public static IServiceCollection AddOutsideSystems(
        this IServiceCollection services, IReadOnlyList<OutsideSystem> systems, SettingsReader settings)
    {
        services.AddSingleton(systems);
        foreach (var system in systems)
        {
            system.AddServices(services, settings);
        }

        return services;
    }
}
