using System.Net;
using System.Net.Mime;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;

namespace FunctionsHost.SampleApp;

/// <summary>Functions that answer with what they received. HttpRequestData works in both HTTP models.</summary>
internal static class EchoFunctions
{
    [Function("Echo")]
    public static async Task<HttpResponseData> Echo(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", "put", Route = "echo")] HttpRequestData request)
    {
        var response = request.CreateResponse(HttpStatusCode.OK);
        response.Headers.Add("Content-Type", MediaTypeNames.Application.Octet);
        await request.Body.CopyToAsync(response.Body);
        return response;
    }

    [Function("Headers")]
    public static async Task<HttpResponseData> Headers(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "headers")] HttpRequestData request)
    {
        var response = request.CreateResponse(HttpStatusCode.OK);
        foreach (var (name, values) in request.Headers)
            await response.WriteStringAsync($"{name.ToLowerInvariant()}: {string.Join(',', values)}\n");
        return response;
    }

    [Function("Remote")]
    public static async Task Remote(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "remote")] HttpRequest request) =>
        await request.HttpContext.Response.WriteAsync(
            $"{request.HttpContext.Connection.RemoteIpAddress}|{request.Headers["X-Forwarded-For"]}|{request.Host}");

    [Function("Setting")]
    public static async Task<HttpResponseData> Setting(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "settings/{name}")] HttpRequestData request,
        string name)
    {
        var value = Environment.GetEnvironmentVariable(name);
        var response = request.CreateResponse(value is null ? HttpStatusCode.NotFound : HttpStatusCode.OK);
        await response.WriteStringAsync(value ?? "");
        return response;
    }

    [Function("Redirect")]
    public static HttpResponseData Redirect(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "redirect")] HttpRequestData request)
    {
        var response = request.CreateResponse(HttpStatusCode.Found);
        response.Headers.Add("Location", "/api/headers");
        return response;
    }

    [Function("Keyed")]
    public static HttpResponseData Keyed(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "keyed")] HttpRequestData request) =>
        request.CreateResponse(HttpStatusCode.OK);
}
