namespace Functions;

internal static class EndpointExtensions
{
    /// <summary>
    /// Answers a request by the endpoint that <see cref="ApiMiddleware"/> has chosen: of the function's own route or,
    /// for the fallback, that of another route, of 405, or none (404).
    /// </summary>
    public static Task AnswerAsync(this HttpRequest request)
    {
        if (request.HttpContext.GetEndpoint()?.RequestDelegate is { } endpoint)
        {
            return endpoint(request.HttpContext);
        }

        request.HttpContext.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
