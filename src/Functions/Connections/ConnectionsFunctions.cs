namespace Functions.Connections;

/// <summary>The connections of tenants, for applications.</summary>
public static class ConnectionsFunctions
{
    [Function("GetConnection")]
    public static Task GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "tenants/{id:guid}/connection")]
        HttpRequest request) =>
        request.AnswerAsync();

    [Function("FindConnection")]
    public static Task FindAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "connections")] HttpRequest request) =>
        request.AnswerAsync();
}
