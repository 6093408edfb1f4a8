using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.Extensions.Logging;

namespace FunctionsHost.SampleApp;

/// <summary>Functions that fail, wait, and end the process.</summary>
internal sealed partial class LifetimeFunctions(ILogger<LifetimeFunctions> log)
{
    [Function("Throw")]
    public static HttpResponseData Throw(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "throw")] HttpRequestData request) =>
        throw new InvalidOperationException($"The sample throws for {request.Url.AbsolutePath}.");

    [Function("ThrowLate")]
    public static async Task ThrowLate(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "throw/late")] HttpRequest request)
    {
        var response = request.HttpContext.Response;
        await response.WriteAsync("the beginning");
        await response.Body.FlushAsync();
        throw new InvalidOperationException("The sample throws after the beginning of its answer.");
    }

    [Function("Wait")]
    public async Task Wait(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "wait")] HttpRequestData request,
        CancellationToken cancellationToken)
    {
        LogWaiting(log, request.Method);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            LogCancelled(log);
        }
    }

    [Function("Exit")]
    public static void Exit(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "exit/{code:int}")] HttpRequestData request,
        int code) => Environment.Exit(request.Method == "POST" ? code : 0);

    [Function("ProcessId")]
    public static async Task<HttpResponseData> ProcessId(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "process")] HttpRequestData request)
    {
        var response = request.CreateResponse();
        await response.WriteStringAsync($"{Environment.ProcessId}");
        return response;
    }

    [LoggerMessage(1, LogLevel.Warning, "The sample waits in {Method}.")]
    private static partial void LogWaiting(ILogger log, string method);

    [LoggerMessage(2, LogLevel.Warning, "The sample's wait was cancelled.")]
    private static partial void LogCancelled(ILogger log);
}
