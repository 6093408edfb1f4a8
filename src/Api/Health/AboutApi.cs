using Api.Http;

namespace Api.Health;

/// <summary>
/// Endpoints without dependencies. The Functions host polls <c>/</c> until the process answers.
/// </summary>
public static class AboutApi
{
    public static void MapAbout(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", () => TypedResults.Ok(new AboutResponse("arc-saas control plane", DocumentApi.Path)))
            .WithTags("Health").WithName("About").WithSummary("Names the product and the address of its API document.");
        routes.MapGet("/ping", () => TypedResults.Ok(new PingResponse("pong")))
            .WithTags("Health").WithName("Ping").WithSummary("Answers while the process is alive.");
    }
}

public sealed record AboutResponse(string Name, string Documentation);

public sealed record PingResponse(string Status);
