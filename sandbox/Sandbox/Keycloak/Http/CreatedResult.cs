namespace Sandbox.Keycloak.Http;

/// <summary>
/// 201 without a body; the <c>Location</c> header is the request's base URL plus <paramref name="path"/>.
/// </summary>
internal sealed class CreatedResult(string path) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status201Created;
        httpContext.Response.Headers.Location = httpContext.GetBaseUrl() + path;
        httpContext.Response.ContentLength = 0;
        return Task.CompletedTask;
    }
}
