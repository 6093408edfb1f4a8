using FunctionsHost.Rpc;
using FunctionsHost.Rpc.Messages;
using FunctionsHost.Workers;

namespace FunctionsHost.Http;

/// <summary>A call whose request and response travel in messages of the worker's stream.</summary>
internal sealed class RpcInvocation(WorkerChannel channel, WorkerCapabilities capabilities)
{
    public async Task RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var http = await RpcHttpRequest.FromAsync(
            invocation.Context.Request, invocation.RouteValues, capabilities, cancellationToken);
        var request = InvocationMessages.RequestOf(invocation, new TypedData { Http = http });
        var response = await InvocationMessages.InvokeAsync(
            channel, invocation, request, capabilities, cancellationToken);

        if (ResultOf(invocation, response) is { } result)
            await RpcHttpResponse.WriteAsync(result, invocation.Context.Response, cancellationToken);
    }

    private static RpcHttp? ResultOf(Invocation invocation, InvocationResponse response)
    {
        var name = invocation.Function.OutputName;
        var output = response.OutputData.FirstOrDefault(item => item.Name == name && name is not null)?.Data;
        return (output ?? response.ReturnValue)?.Http;
    }
}
