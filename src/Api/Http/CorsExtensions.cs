using ControlPlane;
using Microsoft.AspNetCore.Cors;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Net.Http.Headers;

namespace Api.Http;

/// <summary>
/// Lets pages of the origins in <c>CORS_ORIGINS</c> call the routes of a sign-up. Cookies are never used, and
/// credentials never allowed. Without an origin, every answer is as without CORS.
/// </summary>
public static class CorsExtensions
{
    private const string Policy = "sign-up";

    private static readonly TimeSpan PreflightLifetime = TimeSpan.FromMinutes(10);

    public static void AddSignUpOrigins(this IServiceCollection services)
    {
        services.AddSetting(SignUpOrigins.From);
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<SignUpOrigins>((cors, origins) => cors.AddPolicy(
            Policy, policy => policy
                .WithOrigins([.. origins.All])
                .WithMethods(HttpMethods.Get, HttpMethods.Post)
                .WithHeaders(
                    HeaderNames.Authorization, HeaderNames.ContentType, Idempotency.IdempotencyKey.Header,
                    RateLimits.SignUpChallenges.Header)
                .WithExposedHeaders(HeaderNames.Location, HeaderNames.RetryAfter)
                .SetPreflightMaxAge(PreflightLifetime)));
    }

    /// <summary>Marks a route that a sign-up calls.</summary>
    public static RouteHandlerBuilder ForSignUp(this RouteHandlerBuilder route) =>
        route.WithMetadata(new SignUpRoute());

    /// <summary>Returns a group in which the marked routes also answer preflight requests.</summary>
    public static RouteGroupBuilder WithSignUpOrigins(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("");
        if (routes.ServiceProvider.GetRequiredService<SignUpOrigins>().All.Count > 0)
        {
            ((IEndpointConventionBuilder)group).Finally(endpoint =>
            {
                if (endpoint.Metadata.OfType<SignUpRoute>().Any())
                {
                    endpoint.Metadata.Add(new EnableCorsAttribute(Policy));
                }
            });
        }

        return group;
    }

    /// <summary>Adds the middleware, before all rules: browsers show a page no answer without the headers.</summary>
    public static void UseSignUpOrigins(this IApplicationBuilder app)
    {
        app.Use((context, next) =>
        {
            if (context.GetEndpoint()?.Metadata.GetMetadata<IEnableCorsAttribute>() is not null)
            {
                context.Response.OnStarting(AddVary, context.Response);
            }

            return next(context);
        });
        app.UseCors();
    }

    // The framework adds it only for some origins.
    private static Task AddVary(object state)
    {
        var headers = ((HttpResponse)state).Headers;
        if (!headers.Vary.Contains(HeaderNames.Origin))
        {
            headers.Append(HeaderNames.Vary, HeaderNames.Origin);
        }

        return Task.CompletedTask;
    }

    private sealed record SignUpRoute;
}
