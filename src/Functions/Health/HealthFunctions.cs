namespace Functions.Health;

/// <summary>Answers that need no setting, and readiness.</summary>
public static class HealthFunctions
{
    [Function("Live")]
    public static Task LiveAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "health/live")] HttpRequest request) =>
        request.AnswerAsync();

    [Function("OpenApi")]
    public static Task OpenApiAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "openapi/v1.json")] HttpRequest request) =>
        request.AnswerAsync();

    [Function("Ping")]
    public static Task PingAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "ping")] HttpRequest request) =>
        request.AnswerAsync();

    [Function("Ready")]
    public static Task ReadyAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "health/ready")] HttpRequest request) =>
        request.AnswerAsync();
}
