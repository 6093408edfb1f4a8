using FunctionsHost.Rpc;
using FunctionsHost.Rpc.Messages;
using FunctionsHost.Workers;
using Yarp.ReverseProxy.Forwarder;

namespace FunctionsHost.Http;

/// <summary>
/// A call whose request goes to the worker's own HTTP server. The forwarding begins before the worker is told of the
/// invocation; the worker joins both by a header.
/// </summary>
internal sealed class ProxiedInvocation(
    WorkerChannel channel, HttpProxy proxy, Uri address, WorkerCapabilities capabilities)
{
    private const string InvocationIdHeader = "x-ms-invocation-id";

    public async Task RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var context = invocation.Context;
        // A value that the caller sent stays, as under the real host; such a call fails.
        context.Request.Headers.TryAdd(InvocationIdHeader, invocation.Id);
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var forwarding = proxy.ForwardAsync(context, address, failed.Token);
        try
        {
            // The request itself stays out of the message.
            var request = InvocationMessages.RequestOf(invocation, new TypedData { Http = new RpcHttp() });
            await InvocationMessages.InvokeAsync(channel, invocation, request, capabilities, cancellationToken);
            if (await forwarding is var error and not ForwarderError.None)
                throw new InvocationFailedException($"The call was not forwarded: {error}.");
        }
        finally
        {
            // The forwarding uses the context, which is gone after this call.
            await failed.CancelAsync();
            await ((Task)forwarding).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
