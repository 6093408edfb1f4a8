namespace Functions;

/// <summary>Every other request: <c>/</c>, unknown addresses, and methods that an address does not support.</summary>
public static class FallbackFunctions
{
    /// <summary>
    /// The name sorts last: the host tries the functions in the order of their names, and the first route that matches
    /// wins. The host itself answers 404 without a body where no route matches, and has no function at <c>/</c>.
    /// </summary>
    [Function("zzFallback")]
    public static Task AnswerAsync(
        [HttpTrigger(
            AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options",
            Route = "{*path}")]
        HttpRequest request) =>
        request.AnswerAsync();
}
