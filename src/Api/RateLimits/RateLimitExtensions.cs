using ControlPlane;
using ControlPlane.Settings;

namespace Api.RateLimits;

public static class RateLimitExtensions
{
    public static void AddRateLimits(this IServiceCollection services)
    {
        services.AddSetting(RateLimitOptions.From);
        services.AddSetting(SignUpLimitOptions.From);
        services.AddSetting(SignUpChallengeOptions.From);
        services.AddSingleton(new SettingProbe(provider =>
            RedisOptions.Find(provider.GetRequiredService<SettingsReader>())));
        services.AddSingleton<ProcessRateCounter>();
        services.AddMetrics();
        services.AddSingleton<SignUpChallenges>();
        services.AddSingleton<SignUpLimits>();
        services.AddSingleton<SignUpMetrics>();
        services.AddSingleton<SignUpPressure>();
        services.AddSingleton<IRateCounter>(provider =>
            RedisOptions.Find(provider.GetRequiredService<SettingsReader>()) is { } redis
                ? new RedisRateCounter(redis, provider.GetRequiredService<ProcessRateCounter>(),
                    provider.GetRequiredService<ILogger<RedisRateCounter>>())
                : provider.GetRequiredService<ProcessRateCounter>());
    }

    /// <summary>Counts calls of the endpoint against the limits of the caller's networks.</summary>
    public static RouteHandlerBuilder LimitByAddress(this RouteHandlerBuilder route) =>
        route.WithMetadata(new LimitedByAddress());

    /// <summary>Adds the middleware that applies the limits, before a body is read.</summary>
    public static void UseRateLimits(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<LimitedByAddress>() is not null)
        {
            await context.RequestServices.GetRequiredService<SignUpLimits>().AdmitCallAsync(context);
        }

        await next(context);
    });

    private sealed record LimitedByAddress;
}
