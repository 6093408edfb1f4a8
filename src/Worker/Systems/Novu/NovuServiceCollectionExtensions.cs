using ControlPlane;
using Microsoft.Extensions.DependencyInjection;
using Refit;
using Worker.Hosting;
using Worker.Mails;

namespace Worker.Systems.Novu;

public static class NovuServiceCollectionExtensions
{
    /// <summary>Null: switched off, and whoever needs it gets <see cref="ErrorCode.NotConfigured"/>.</summary>
    public static IServiceCollection AddNovu(
        this IServiceCollection services, NovuOptions? options, Func<MailLinks> links, TimeoutScale timeoutScale)
    {
        if (options is null)
        {
            return services.AddTransient<NovuMail>(_ => throw NotConfigured())
                .AddTransient<NovuOptions>(_ => throw NotConfigured())
                .AddTransient<MailLinks>(_ => throw NotConfigured());
        }

        services.AddSingleton(options).AddSingleton(links());
        services.AddRefitGeneratedClient<INovuApi>(OutsideHttp.RefitSettings(NovuMail.System))
            .ConfigureOutside(options.BackendUrl, timeoutScale.CallTimeout(NovuOptions.CallTimeout))
            .ConfigureHttpClient(http => http.DefaultRequestHeaders.Authorization = new("ApiKey", options.ApiKey));
        return services.AddTransient<NovuMail>();
    }

    private static ControlPlaneException NotConfigured() =>
        new(ErrorCode.NotConfigured, "Novu is switched off (NOVU_ENABLED, NOVU_API_KEY).");
}
