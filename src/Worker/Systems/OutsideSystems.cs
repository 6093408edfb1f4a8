using ControlPlane.Persistence;
using ControlPlane.Settings;
using Microsoft.Extensions.DependencyInjection;
using Worker.Hosting;
using Worker.Mails;
using Worker.Systems.Keycloak;
using Worker.Systems.Novu;
using Worker.Systems.Postgres;
using Worker.Systems.S3;

namespace Worker.Systems;

/// <summary>
/// The list of outside systems, one line each. What is not configured is left out and says so when asked.
/// </summary>
public static class OutsideSystems
{
    /// <exception cref="SettingException">A setting cannot be used, or something switched on lacks one.</exception>
    public static IServiceCollection AddOutsideSystems(this IServiceCollection services, SettingsReader settings)
    {
        var timeoutScale = TimeoutScale.From(settings);
        return services
            .AddKeycloak(KeycloakOptions.From(settings), timeoutScale)
            .AddTenantSchemas(DatabaseOptions.ForTenants(settings), refuseSuperuser: settings.IsProduction)
            .AddS3(S3Options.From(settings), timeoutScale)
            .AddNovu(NovuOptions.From(settings), () => MailLinks.From(settings), timeoutScale);
    }

    private static IServiceCollection AddTenantSchemas(
        this IServiceCollection services, DatabaseOptions options, bool refuseSuperuser) =>
        services
            .AddSingleton(_ => new TenantDatabase(DataSources.Create(options, "arc-saas-tenants"), refuseSuperuser))
            .AddTransient<TenantSchemas>();
}
