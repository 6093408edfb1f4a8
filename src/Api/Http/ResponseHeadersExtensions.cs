namespace Api.Http;

/// <summary>
/// Headers of every answer: browsers do not guess its type, no cache stores it unless the endpoint says otherwise, and
/// a 503 says when to try again.
/// </summary>
public static class ResponseHeadersExtensions
{
    private const string RetryAfterSeconds = "5";

    /// <summary>Adds the middleware, before <see cref="ProblemDetailsExtensions.UseProblemDetails"/>.</summary>
    public static void UseResponseHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        // At the start of the answer, since the answer to an error removes what was set before.
        context.Response.OnStarting(AddHeaders, context.Response);
        return next(context);
    });

    private static Task AddHeaders(object state)
    {
        var response = (HttpResponse)state;
        response.Headers.XContentTypeOptions = "nosniff";
        if (response.Headers.CacheControl.Count == 0)
        {
            response.Headers.CacheControl = "no-store";
        }

        if (response.StatusCode == StatusCodes.Status503ServiceUnavailable)
        {
            response.Headers.RetryAfter = RetryAfterSeconds;
        }

        return Task.CompletedTask;
    }
}
