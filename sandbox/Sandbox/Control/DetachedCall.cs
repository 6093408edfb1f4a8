using Microsoft.AspNetCore.Http.Features;

namespace Sandbox.Control;

/// <summary>
/// A call that is processed independently of its caller: the answer is buffered in memory, and a caller that
/// disconnects cancels nothing.
/// </summary>
internal sealed class DetachedCall : IDisposable
{
    private readonly IHttpRequestLifetimeFeature connection;
    private readonly IHttpResponseBodyFeature responseBody;
    private readonly HttpContext context;
    private readonly MemoryStream buffer = new();

    /// <param name="context">Context of a request whose body is buffered.</param>
    public DetachedCall(HttpContext context)
    {
        this.context = context;
        connection = context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>();
        responseBody = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        context.Features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature());
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(buffer));
    }

    /// <summary>Token that is cancelled when the caller disconnects.</summary>
    public CancellationToken CallerAborted => connection.RequestAborted;

    public void Dispose() => buffer.Dispose();

    public void Abort() => connection.Abort();

    /// <summary>Sends the buffered answer; returns false if the caller has disconnected.</summary>
    public async Task<bool> SendAnswerAsync()
    {
        if (CallerAborted.IsCancellationRequested)
            return false;
        context.Features.Set(connection);
        context.Features.Set(responseBody);
        // Even a write of zero bytes is an error on an answer that must have no body (204).
        if (buffer.Length > 0)
            await context.Response.Body.WriteAsync(buffer.ToArray(), CallerAborted);
        return true;
    }
}
