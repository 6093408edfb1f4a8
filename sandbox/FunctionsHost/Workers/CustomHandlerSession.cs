using FunctionsHost.Functions;
using FunctionsHost.Http;
using Yarp.ReverseProxy.Forwarder;

namespace FunctionsHost.Workers;

/// <summary>A running custom handler; its calls are proxied.</summary>
internal sealed class CustomHandlerSession(
    WorkerHandle handle, IReadOnlyList<HostedFunction> functions, Uri address, HttpProxy proxy) : IWorkerSession
{
    public WorkerHandle Handle => handle;

    public IReadOnlyList<HostedFunction> Functions => functions;

    public async Task InvokeAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var headers = invocation.Context.Request.Headers;
        headers["X-Azure-Functions-HostVersion"] = "4.0.0.0";
        headers["X-Azure-Functions-InvocationId"] = invocation.Id;
        var error = await proxy.ForwardAsync(invocation.Context, address, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        if (error != ForwarderError.None)
            throw new InvocationFailedException($"The call was not forwarded: {error}.");
    }

    public void Fail(Exception error)
    {
        // The connections to an ended process break by themselves.
    }

    // The real host has no message for a custom handler: it kills the process.
    public Task StopAsync() => handle.KillAsync();
}
