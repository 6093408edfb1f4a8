using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FunctionsHost.Rpc;
using FunctionsHost.Rpc.Messages;
using FunctionsHost.Workers;

namespace FunctionsHost.Http;

/// <summary>The messages of an invocation, common to both ways of HTTP.</summary>
internal static class InvocationMessages
{
    public static InvocationRequest RequestOf(Invocation invocation, TypedData trigger)
    {
        var http = invocation.Context.Request;
        var request = new InvocationRequest
        {
            InvocationId = invocation.Id,
            FunctionId = invocation.Function.Id,
            InputData = { new ParameterBinding { Name = invocation.Function.TriggerName, Data = trigger } },
            TraceContext = new RpcTraceContext
            {
                TraceParent = Activity.Current?.Id ?? "",
                TraceState = Activity.Current?.TraceStateString ?? "",
            },
            TriggerMetadata =
            {
                ["Headers"] = JsonOf(http.Headers.ToDictionary(header => header.Key, header => $"{header.Value}")),
                ["Query"] = JsonOf(http.Query.ToDictionary(value => value.Key, value => $"{value.Value}")),
            },
        };
        foreach (var (name, value) in invocation.RouteValues)
        {
            request.TriggerMetadata[name] =
                new TypedData { String = Convert.ToString(value, CultureInfo.InvariantCulture) };
        }

        return request;
    }

    /// <summary>Runs the invocation to its end; a caller that leaves cancels it.</summary>
    public static async Task<InvocationResponse> InvokeAsync(
        WorkerChannel channel,
        Invocation invocation,
        InvocationRequest request,
        WorkerCapabilities capabilities,
        CancellationToken cancellationToken)
    {
        using var left = invocation.Context.RequestAborted.Register(() =>
        {
            if (capabilities.HandlesCancel)
                channel.Cancel(invocation.Id);
        });
        var response = await channel.InvokeAsync(request, invocation.Function.Name, cancellationToken);
        return response.Result?.Status == StatusResult.Types.Status.Success
            ? response
            : throw new InvocationFailedException(
                $"{invocation.Function.Name} failed: {response.Result?.Exception?.Message ?? response.Result?.Result}");
    }

    private static TypedData JsonOf(Dictionary<string, string> values) =>
        new() { Json = JsonSerializer.Serialize(values) };
}
