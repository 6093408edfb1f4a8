using Api.Http;
using ControlPlane;

namespace Api.Idempotency;

public static class IdempotencyExtensions
{
    public static void AddIdempotency(this IServiceCollection services) => services
        .AddSetting(IdempotencySecrets.From)
        .AddSingleton<IdempotentRequests>();

    /// <summary>Lets a request carry the header <c>Idempotency-Key</c>.</summary>
    public static RouteHandlerBuilder AcceptsIdempotencyKey(this RouteHandlerBuilder route) => route
        .WithMetadata(
            new Idempotent(),
            new RequestHeader(
                IdempotencyKey.Header,
                "A random value, such as a UUID. The same request with the same value gets the same answer for 24 "
                + "hours.",
                IdempotencyKey.MinLength, IdempotencyKey.MaxLength))
        .WithErrors(ErrorCode.InvalidRequest, ErrorCode.IdempotencyKeyInUse, ErrorCode.IdempotencyKeyReused,
            ErrorCode.NotConfigured, ErrorCode.Unavailable);

    /// <summary>Adds the middleware, after the caller is authenticated and the body's size is checked.</summary>
    public static void UseIdempotency(this IApplicationBuilder app) => app.Use((context, next) =>
        context.GetEndpoint()?.Metadata.GetMetadata<Idempotent>() is not null
        && context.Request.Headers.ContainsKey(IdempotencyKey.Header)
            ? context.RequestServices.GetRequiredService<IdempotentRequests>().RunAsync(context, next)
            : next(context));
}

/// <summary>Endpoint metadata: the endpoint honours <c>Idempotency-Key</c>.</summary>
internal sealed record Idempotent;
