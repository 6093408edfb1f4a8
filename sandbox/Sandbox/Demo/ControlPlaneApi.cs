using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Sandbox.Demo;

/// <summary>Client for the control plane's API, as a user of the quick start would call it.</summary>
internal sealed class ControlPlaneApi(Uri address, string operatorToken) : IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = address, Timeout = TimeSpan.FromMinutes(1) };

    public string OperatorToken => operatorToken;

    /// <exception cref="DemoException">The call failed; the message holds the problem's code and detail.</exception>
    public async Task<JsonNode?> CallAsync(
        HttpMethod method, string path, string? bearer, JsonObject? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        if (bearer is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), new MediaTypeHeaderValue("application/json"));
        using var response = await http.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        var answer = IsJson(response) ? JsonNode.Parse(text) : null;
        return response.IsSuccessStatusCode
            ? answer
            : throw new DemoException(
                $"{method} {path} failed with {(int)response.StatusCode} {Text(answer, "code")}: {Detail(answer)}");
    }

    public void Dispose() => http.Dispose();

    private static bool IsJson(HttpResponseMessage response) =>
        response.Content.Headers.ContentType?.MediaType is { } type && type.EndsWith("json", StringComparison.Ordinal);

    private static string Detail(JsonNode? problem) =>
        Text(problem, "detail") ?? Text(problem, "title") ?? "no detail";

    private static string? Text(JsonNode? node, string name) => node?[name]?.GetValue<string>();
}
