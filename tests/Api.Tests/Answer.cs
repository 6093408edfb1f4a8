using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Api.Tests;

/// <summary>An HTTP answer with its complete body.</summary>
public sealed record Answer(HttpStatusCode Status, HttpResponseHeaders Headers, string? MediaType, string Text)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public static async Task<Answer> ReadAsync(HttpResponseMessage response) => new(
        response.StatusCode,
        response.Headers,
        response.Content.Headers.ContentType?.MediaType,
        await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

    public string GetString(string name) => Json.GetProperty(name).GetString()!;

    /// <summary>Asserts the status; the failure message contains the body.</summary>
    public Answer Expect(HttpStatusCode status)
    {
        Assert.True(Status == status, $"Expected {(int)status}, got {(int)Status}: {Text}");
        return this;
    }

    /// <summary>Asserts problem details with this status, code and field.</summary>
    public void AssertProblem(int status, string code, string? field = null)
    {
        Assert.Equal(($"{status} {code} {field}", "application/problem+json"), (
            $"{(int)Status} {Find("code")} {Find("field")}", MediaType));
        Assert.Equal(status, Json.GetProperty("status").GetInt32());
        Assert.NotEmpty(GetString("title"));
        Assert.NotEmpty(GetString("detail"));
        Assert.Equal("about:blank", GetString("type"));
        Assert.Equal(status == 401, Headers.WwwAuthenticate.Count > 0);
    }

    private string? Find(string name) =>
        Text.StartsWith('{') && Json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
