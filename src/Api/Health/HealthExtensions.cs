using System.Text.Json.Serialization;
using Api.Http;
using ControlPlane;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Api.Health;

public static class HealthExtensions
{
    public static void AddHealth(this IServiceCollection services) => services.AddSingleton<ReadinessCheck>();

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/health").WithTags("Health");
        health.MapGet("/live", () => TypedResults.Ok(new LiveResponse("alive", ProductVersion.Current)))
            .WithName("Live")
            .WithSummary("Reports that the process is alive, and its version.");
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

/// <param name="Status"><c>alive</c>.</param>
/// <param name="Version">The version of the process, and after a plus sign its commit if the build knew it.</param>
public sealed record LiveResponse(string Status, string Version);

/// <param name="Status"><c>ready</c> or <c>unavailable</c>.</param>
/// <param name="Database">
/// <c>ok</c>, <c>unreachable</c>, <c>not_migrated</c> (older than this process) or <c>not_configured</c>.
/// </param>
/// <param name="Temporal"><c>ok</c>, <c>unreachable</c>, <c>namespace_missing</c> or <c>not_configured</c>.</param>
/// <param name="ClientAddress">
/// <c>known</c>, or <c>hidden</c>: all callers share one limit of sign-ups. The status is the same.
/// </param>
/// <param name="PayloadKeys">
/// The keys of <c>PAYLOAD_KEYS</c>, each as its id and a short hash; the first one encrypts. <c>doctor</c> compares
/// them with the worker's.
/// </param>
/// <param name="Migration">
/// The migration that was found and the one that is needed; only with <c>not_migrated</c>.
/// </param>
public sealed record HealthResponse(
    string Status,
    string Database,
    string Temporal,
    string ClientAddress,
    IReadOnlyList<string> PayloadKeys,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Migration = null)
{
    public const string Ready = "ready";
}
