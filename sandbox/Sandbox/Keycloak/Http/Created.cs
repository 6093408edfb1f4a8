namespace Sandbox.Keycloak.Http;

/// <summary>
/// 201 without a body; the address of what was made is the request's host with <paramref name="path"/>.
/// </summary>
internal sealed class Created(string path) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status201Created;
        httpContext.Response.Headers.Location = httpContext.BaseUrl() + path;
        httpContext.Response.ContentLength = 0;
        return Task.CompletedTask;
    }
}
