using Api.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Api.Health;

public static class HealthExtensions
{
    public static void AddHealth(this IServiceCollection services) => services.AddSingleton<ReadinessCheck>();

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/health").WithTags("Health");
        health.MapGet("/live", () => TypedResults.Ok(new LiveResponse("alive"))).WithName("Live")
            .WithSummary("Reports that the process is alive.");
        health.MapGet("/ready", GetReadyAsync).WithName("Ready")
            .Produces<HealthResponse>()
            .Produces<HealthResponse>(StatusCodes.Status503ServiceUnavailable)
            .WithSummary("Reports whether the database and Temporal are reachable, each separately.");
    }

    private static async Task<JsonHttpResult<HealthResponse>> GetReadyAsync(
        ReadinessCheck check, CancellationToken cancellationToken)
    {
        var health = await check.CheckAsync(cancellationToken);
        return TypedResults.Json(health, JsonExtensions.Answers.HealthResponse, statusCode:
            health.Status == HealthResponse.Ready
                ? StatusCodes.Status200OK
                : StatusCodes.Status503ServiceUnavailable);
    }
}

public sealed record LiveResponse(string Status);

/// <param name="Status"><c>ready</c> or <c>unavailable</c>.</param>
/// <param name="Database"><c>ok</c>, <c>unreachable</c>, <c>not_migrated</c> or <c>not_configured</c>.</param>
/// <param name="Temporal"><c>ok</c>, <c>unreachable</c>, <c>namespace_missing</c> or <c>not_configured</c>.</param>
/// <param name="ClientAddress">
/// <c>known</c>, or <c>hidden</c>: all callers share one limit of sign-ups. The status is the same.
/// </param>
/// <param name="PayloadKeys">
/// The keys of <c>PAYLOAD_KEYS</c>, each as its id and a short hash; the first one encrypts. <c>doctor</c> compares
/// them with the worker's.
/// </param>
public sealed record HealthResponse(
    string Status, string Database, string Temporal, string ClientAddress, IReadOnlyList<string> PayloadKeys)
{
    public const string Ready = "ready";
}
