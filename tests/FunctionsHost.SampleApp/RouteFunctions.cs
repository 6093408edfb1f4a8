using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;

namespace FunctionsHost.SampleApp;

/// <summary>Functions whose routes shadow each other, or that the host refuses.</summary>
internal static class RouteFunctions
{
    [Function("ShadowA")]
    public static Task<HttpResponseData> ShadowA(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "items/{name}")] HttpRequestData request,
        string name) => AnswerAsync(request, $"A:{name}");

    [Function("ShadowB")]
    public static Task<HttpResponseData> ShadowB(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "items/fixed")] HttpRequestData request) =>
        AnswerAsync(request, "B");

    [Function("Reserved")]
    public static Task<HttpResponseData> Reserved(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "administration")] HttpRequestData request) =>
        AnswerAsync(request, "never");

    private static async Task<HttpResponseData> AnswerAsync(HttpRequestData request, string text)
    {
        var response = request.CreateResponse(HttpStatusCode.OK);
        await response.WriteStringAsync(text);
        return response;
    }
}
