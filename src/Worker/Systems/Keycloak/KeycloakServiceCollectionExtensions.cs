using ControlPlane;
using Microsoft.Extensions.DependencyInjection;
using Refit;
using Worker.Hosting;

namespace Worker.Systems.Keycloak;

public static class KeycloakServiceCollectionExtensions
{
    /// <summary>Null: switched off, and whoever needs it gets <see cref="ErrorCode.NotConfigured"/>.</summary>
    public static IServiceCollection AddKeycloak(
        this IServiceCollection services, KeycloakOptions? options, TimeoutScale timeoutScale)
    {
        if (options is null)
        {
            return services.AddTransient<KeycloakAdmin>(_ => throw NotConfigured())
                .AddTransient<KeycloakOptions>(_ => throw NotConfigured());
        }

        var address = new Uri(options.Url);
        var timeout = timeoutScale.CallTimeout(KeycloakOptions.CallTimeout);
        services.AddSingleton(options).AddSingleton<KeycloakTokens>().AddTransient<KeycloakTokenHandler>();
        services.AddHttpClient(KeycloakTokens.ClientName).ConfigureOutside(address, timeout);
        services.AddRefitGeneratedClient<IKeycloakApi>(OutsideHttp.RefitSettings(KeycloakAdmin.System))
            .ConfigureOutside(address, timeout)
            .AddHttpMessageHandler<KeycloakTokenHandler>();
        return services.AddTransient<KeycloakAdmin>();
    }

    private static ControlPlaneException NotConfigured() =>
        new(ErrorCode.NotConfigured, "Keycloak is switched off (KEYCLOAK_ENABLED, KEYCLOAK_URL).");
}
