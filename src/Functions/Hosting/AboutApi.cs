namespace Functions.Hosting;

/// <summary>Answers that need nothing: the Functions host asks for <c>/</c> until the process answers.</summary>
public static class AboutApi
{
    public static void MapAbout(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", () => TypedResults.Ok(new AboutResponse("arc-saas control plane", "/openapi/v1.json")))
            .WithTags("Health").WithName("About").WithSummary("What this is, and where its API is described.");
        routes.MapGet("/ping", () => TypedResults.Ok(new PingResponse("pong")))
            .WithTags("Health").WithName("Ping").WithSummary("Answers while the process lives.");
    }
}

public sealed record AboutResponse(string Name, string Documentation);

public sealed record PingResponse(string Status);
