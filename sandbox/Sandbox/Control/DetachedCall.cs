using Microsoft.AspNetCore.Http.Features;

namespace Sandbox.Control;

/// <summary>
/// A call whose handling no longer depends on its caller: the answer goes to memory, and a caller who leaves cancels
/// nothing.
/// </summary>
internal sealed class DetachedCall : IDisposable
{
    private readonly IHttpRequestLifetimeFeature connection;
    private readonly IHttpResponseBodyFeature wire;
    private readonly HttpContext context;
    private readonly MemoryStream answer = new();

    /// <param name="context">Of a request whose body is buffered.</param>
    public DetachedCall(HttpContext context)
    {
        this.context = context;
        connection = context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>();
        wire = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        context.Features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature());
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(answer));
    }

    /// <summary>Ends when the caller leaves.</summary>
    public CancellationToken Caller => connection.RequestAborted;

    public void Dispose() => answer.Dispose();

    public void Abort() => connection.Abort();

    /// <summary>Hands the answer to the caller; false when there is none any more.</summary>
    public async Task<bool> AnswerAsync()
    {
        if (Caller.IsCancellationRequested)
            return false;
        context.Features.Set(connection);
        context.Features.Set(wire);
        // Not even nothing may be written to an answer without a body (204).
        if (answer.Length > 0)
            await context.Response.Body.WriteAsync(answer.ToArray(), Caller);
        return true;
    }
}
