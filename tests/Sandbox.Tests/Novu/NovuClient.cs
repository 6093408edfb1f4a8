using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Sandbox.Novu;

namespace Sandbox.Tests.Novu;

/// <summary>Client for Novu with plain HTTP.</summary>
internal sealed class NovuClient : IDisposable
{
    private readonly HttpClient http;

    public NovuClient(Uri address, string? apiKey = null)
    {
        http = new HttpClient { BaseAddress = address };
        http.DefaultRequestHeaders.Add("Authorization", $"ApiKey {apiKey ?? new NovuOptions().ApiKey}");
    }

    public HttpClient Http => http;

    public async Task<(HttpStatusCode Status, JsonNode Body)> SendAsync(
        HttpMethod method, string path, object? body = null, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        using var answer = await http.SendAsync(request, cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        return (answer.StatusCode, text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!);
    }

    public Task<(HttpStatusCode Status, JsonNode Body)> PostAsync(
        string path, object body, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, path, body, cancellationToken);

    public Task<(HttpStatusCode Status, JsonNode Body)> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    /// <summary>Creates a workflow with one mail, and returns its identifier.</summary>
    public async Task<string> WorkflowAsync(
        string id, string subject = "Hello", string body = "<p>Hello</p>", bool active = true)
    {
        var (status, answer) = await PostAsync("/v2/workflows", new
        {
            name = id,
            workflowId = id,
            active,
            steps = new[] { new { type = "email", name = "Email", controlValues = new { subject, body } } },
        });
        Assert.True(status == HttpStatusCode.Created, answer.ToJsonString());
        return answer["data"]!["workflowId"]!.ToString();
    }

    public async Task<JsonNode> TriggerAsync(
        string workflow, object to, object? payload = null, string? transactionId = null)
    {
        var (status, body) = await PostAsync(
            "/v1/events/trigger", new { name = workflow, to, payload = payload ?? new { }, transactionId });
        Assert.Equal(HttpStatusCode.Created, status);
        return body["data"]!;
    }

    public void Dispose() => http.Dispose();
}
