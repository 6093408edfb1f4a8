using System.Net;
using Testing;

namespace Sandbox.Tests.Novu;

public sealed class SubscriberTests(SandboxFixture fixture) : IDisposable
{
    private readonly NovuClient novu = new(fixture.Sandbox.Novu!);
    private readonly string id = $"tenant-{SandboxFixture.UniqueKey()}-ann_example_com";

    public void Dispose() => novu.Dispose();

    [Fact]
    public async Task Creating_a_subscriber_again_changes_it()
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
    public async Task The_answer_has_all_that_novus_own_client_insists_on()
    {
        var (_, body) = await novu.PostAsync("/v2/subscribers", new { subscriberId = id });
        Assert.All(
            ["subscriberId", "_organizationId", "_environmentId", "deleted", "createdAt", "updatedAt"],
            field => Assert.NotNull(body["data"]![field]));
    }

    [Fact]
    public async Task Creating_can_insist_on_a_new_one()
    {
        await novu.PostAsync("/v2/subscribers", new { subscriberId = id });
        var (status, _) = await novu.PostAsync("/v2/subscribers?failIfExists=true", new { subscriberId = id });
        Assert.Equal(HttpStatusCode.Conflict, status);
    }

    [Fact]
    public async Task A_subscriber_can_be_changed_and_erased()
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
    public async Task What_is_no_subscriber_is_refused(string subscriberId, string? email)
    {
        var (status, _) = await novu.PostAsync("/v2/subscribers", new { subscriberId, email });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
    }

    [Theory]
    [InlineData(null, "Missing authorization header")]
    [InlineData("ApiKey wrong", "API Key not found")]
    [InlineData("Bearer x", "API Key not found")]
    public async Task Without_the_right_key_there_is_nothing(string? authorization, string message)
    {
        using var http = new HttpClient { BaseAddress = fixture.Sandbox.Novu };
        if (authorization is not null)
            http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
        using var answer = await http.GetAsync($"/v2/subscribers/{id}");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains(message, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_played_says_so()
    {
        var (status, body) = await novu.GetAsync("/v1/topics");
        Assert.Equal(HttpStatusCode.NotImplemented, status);
        Assert.Contains("GET /v1/topics", body["message"]!.ToString(), StringComparison.Ordinal);
    }
}
