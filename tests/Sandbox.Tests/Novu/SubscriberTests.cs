using System.Net;
using Testing;

namespace Sandbox.Tests.Novu;

public sealed class SubscriberTests(SandboxFixture fixture) : IDisposable
{
    private readonly NovuClient novu = new(fixture.Sandbox.Novu!);
    private readonly string id = $"tenant-{SandboxFixture.UniqueKey()}-ann_example_com";

    public void Dispose() => novu.Dispose();

    [Fact]
    public async Task A_second_creation_updates_the_subscriber()
    {
        var (first, created) = await novu.PostAsync(
            "/v2/subscribers", new { subscriberId = id, firstName = "Ann", email = "a@b.c" });
        var (second, changed) = await novu.PostAsync("/v2/subscribers", new { subscriberId = id, firstName = "Anna" });
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first, second));
        Assert.Equal(
            ("Anna", "a@b.c"), (changed["data"]!["firstName"]!.ToString(), changed["data"]!["email"]!.ToString()));
        Assert.Equal(created["data"]!["_id"]!.ToString(), changed["data"]!["_id"]!.ToString());
    }

    [Fact]
    public async Task The_answer_has_all_fields_that_novus_own_client_requires()
    {
        var (_, body) = await novu.PostAsync("/v2/subscribers", new { subscriberId = id });
        Assert.All(
            ["subscriberId", "_organizationId", "_environmentId", "deleted", "createdAt", "updatedAt"],
            field => Assert.NotNull(body["data"]![field]));
    }

    [Fact]
    public async Task A_creation_can_be_refused_for_an_existing_subscriber()
    {
        await novu.PostAsync("/v2/subscribers", new { subscriberId = id });
        var (status, body) = await novu.PostAsync("/v2/subscribers?failIfExists=true", new { subscriberId = id });
        Assert.Equal(HttpStatusCode.Conflict, status);
        // Novu's client unwraps only successes, so the subscriber is the body itself.
        Assert.Equal(id, body["subscriberId"]?.ToString());
    }

    [Fact]
    public async Task A_subscriber_can_be_updated_and_deleted()
    {
        await novu.PostAsync("/v2/subscribers", new { subscriberId = id, firstName = "Ann" });
        var (patched, body) = await novu.SendAsync(
            HttpMethod.Patch, $"/v2/subscribers/{id}", new { firstName = (string?)null });
        Assert.Equal((HttpStatusCode.OK, null), (patched, body["data"]!["firstName"]));
        var (deleted, _) = await novu.SendAsync(HttpMethod.Delete, $"/v2/subscribers/{id}");
        var (gone, error) = await novu.GetAsync($"/v2/subscribers/{id}");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (deleted, gone));
        Assert.Equal("Not Found", error["error"]!.ToString());
    }

    [Theory]
    [InlineData("with space", null)]
    [InlineData("", null)]
    [InlineData("fine", "no-address")]
    public async Task An_invalid_subscriber_is_refused(string subscriberId, string? email)
    {
        var (status, _) = await novu.PostAsync("/v2/subscribers", new { subscriberId, email });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
    }

    [Theory]
    [InlineData(null, "Missing authorization header")]
    [InlineData("ApiKey wrong", "API Key not found")]
    [InlineData("Bearer x", "API Key not found")]
    public async Task A_call_without_the_right_api_key_is_refused(string? authorization, string message)
    {
        using var http = new HttpClient { BaseAddress = fixture.Sandbox.Novu };
        if (authorization is not null)
            http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
        using var answer = await http.GetAsync($"/v2/subscribers/{id}");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains(message, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unsupported_call_is_answered_as_not_implemented()
    {
        var (status, body) = await novu.GetAsync("/v1/topics");
        Assert.Equal(HttpStatusCode.NotImplemented, status);
        Assert.Contains("GET /v1/topics", body["message"]!.ToString(), StringComparison.Ordinal);
    }
}
