using System.Net;
using Sandbox.Control;
using Sandbox.Tests.Novu;
using Sandbox.Tests.S3;
using Testing;

namespace Sandbox.Tests.Control;

/// <summary>
/// Each kind of fault on a call that creates a subscriber: whether it takes effect, and the caller's answer.
/// </summary>
public sealed class FaultTests(SandboxFixture fixture) : IDisposable
{
    private readonly NovuClient novu = new(fixture.Sandbox.Novu!);
    private readonly string subscriber = SandboxFixture.UniqueKey();

    public void Dispose() => novu.Dispose();

    [Fact]
    public async Task An_answer_replaces_the_number_of_calls_in_the_rule()
    {
        await using var fault = await SetAsync(new FaultRule { Status = 429, RetryAfter = 7, Body = "{}", Count = 2 });
        for (var i = 0; i < 2; i++)
        {
            using var answer = await novu.Http.PostAsync("/v2/subscribers", Body());
            Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(7), answer.Headers.RetryAfter!.Delta);
            Assert.False(await ExistsAsync());
        }

        await CreateAsync();
        Assert.True(await ExistsAsync());
        Assert.Equal(2, await fault.GetHitsAsync());
    }

    [Theory]
    [InlineData(200, "[{\"cut")]
    [InlineData(204, "")]
    public async Task A_successful_answer_has_no_effect_either(int status, string body)
    {
        await using var fault = await SetAsync(new FaultRule { Status = status, Body = body });

        using var answer = await novu.Http.PostAsync("/v2/subscribers", Body());

        Assert.Equal((status, body), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.False(await ExistsAsync());
    }

    [Fact]
    public async Task Skipped_calls_pass_before_a_fault_applies()
    {
        await using var fault = await SetAsync(new FaultRule { Skip = 1 });
        Assert.Equal(HttpStatusCode.Created, await CreateAsync());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await CreateAsync());
        Assert.Equal(HttpStatusCode.Created, await CreateAsync());
    }

    [Fact]
    public async Task An_empty_query_matches_calls_without_a_query()
    {
        await using var fault = await SetAsync(new FaultRule { Query = "" });
        using (var passed = await novu.Http.PostAsync("/v2/subscribers?note=1", Body()))
            Assert.Equal(HttpStatusCode.Created, passed.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await CreateAsync());
    }

    [Theory]
    [InlineData("/v2/subscribers", "/v2/subscribers/")]
    [InlineData("/v2/subscribers/", "/v2/subscribers")]
    [InlineData("*/subscribers", "/v2/subscribers/")]
    public async Task A_path_matches_with_and_without_its_trailing_slash(string rule, string called)
    {
        await using var fault = await SetAsync(new FaultRule { Path = rule });
        using var answer = await novu.Http.PostAsync(called, Body());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }

    [Theory]
    [InlineData("/v2/subscribers")]
    [InlineData("/v2/subscribers/")]
    public async Task A_pattern_for_what_is_below_a_path_matches_neither_form_of_the_path(string called)
    {
        await using var fault = await SetAsync(new FaultRule { Path = "/v2/subscribers/*" });
        using var answer = await novu.Http.PostAsync(called, Body());
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    [Fact]
    public async Task A_delayed_call_continues_when_it_is_released()
    {
        await using var fault = await SetAsync(new FaultRule { Kind = FaultKind.Delay });
        var call = CreateAsync();
        await fault.WaitForHitsAsync();
        Assert.False(await ExistsAsync());
        Assert.False(call.IsCompleted);

        await fault.ReleaseAsync();
        Assert.Equal(HttpStatusCode.Created, await call);
    }

    [Theory]
    [InlineData(FaultKind.Delay)]
    [InlineData(FaultKind.Hang)]
    public async Task A_held_call_has_no_effect_after_its_caller_disconnects(FaultKind kind)
    {
        await using var fault = await SetAsync(new FaultRule { Kind = kind });
        await CallAndDisconnectAsync(fault);
        var entry = await JournaledAsync(fault);
        await fault.ReleaseAsync();
        Assert.Equal((null, false, false), (entry.Status, entry.Effect, entry.Answered));
        Assert.False(await ExistsAsync());
    }

    [Fact]
    public async Task A_call_with_a_reset_connection_has_no_effect()
    {
        await using var fault = await SetAsync(new FaultRule { Kind = FaultKind.Reset });
        await Assert.ThrowsAsync<HttpRequestException>(CreateAsync);
        Assert.False(await ExistsAsync());
    }

    [Fact]
    public async Task A_call_with_a_lost_answer_takes_effect()
    {
        await using var fault = await SetAsync(new FaultRule { Kind = FaultKind.LoseAnswer });
        await Assert.ThrowsAsync<HttpRequestException>(CreateAsync);
        var entry = await JournaledAsync(fault);
        Assert.Equal((201, true, false), (entry.Status, entry.Effect, entry.Answered));
        Assert.True(await ExistsAsync());
    }

    [Fact]
    public async Task A_refusal_is_lost_like_any_answer()
    {
        await using var fault = await SetAsync(new FaultRule { Kind = FaultKind.LoseAnswer });
        using var refused = new StringContent($"{subscriber} is no JSON", null, "application/json");
        await Assert.ThrowsAsync<HttpRequestException>(() => novu.Http.PostAsync("/v2/subscribers", refused));
        var entry = await JournaledAsync(fault);
        Assert.Equal((400, false, false), (entry.Status, entry.Effect, entry.Answered));
    }

    [Fact]
    public async Task A_held_answer_is_sent_when_it_is_released()
    {
        await using var fault = await SetAsync(new FaultRule { Kind = FaultKind.HoldAnswer });
        var call = CreateAsync();
        await fault.WaitForHitsAsync();
        Assert.True(await ExistsAsync());
        Assert.False(call.IsCompleted);

        await fault.ReleaseAsync();
        Assert.Equal(HttpStatusCode.Created, await call);
        Assert.True((await JournaledAsync(fault)).Answered);
    }

    [Fact]
    public async Task A_call_with_a_held_answer_keeps_its_effect_after_its_caller_disconnects()
    {
        await using var fault = await SetAsync(new FaultRule { Kind = FaultKind.HoldAnswer });
        await CallAndDisconnectAsync(fault);
        var entry = await JournaledAsync(fault);
        Assert.Equal((201, true, false), (entry.Status, entry.Effect, entry.Answered));
        Assert.True(await ExistsAsync());
    }

    [Fact]
    public async Task A_late_effect_happens_after_its_caller_disconnects()
    {
        await using var fault = await SetAsync(new FaultRule { Kind = FaultKind.LateEffect });
        await CallAndDisconnectAsync(fault);
        Assert.False(await ExistsAsync());

        await fault.ReleaseAsync();
        var entry = await JournaledAsync(fault);
        Assert.Equal((201, true, false), (entry.Status, entry.Effect, entry.Answered));
        Assert.True(await ExistsAsync());
    }

    [Fact]
    public async Task A_late_effect_is_answered_if_its_caller_has_waited()
    {
        await using var fault = await SetAsync(new FaultRule { Kind = FaultKind.LateEffect });
        var call = CreateAsync();
        await fault.WaitForHitsAsync();
        await fault.ReleaseAsync();
        Assert.Equal(HttpStatusCode.Created, await call);
        Assert.True((await JournaledAsync(fault)).Answered);
    }

    [Fact]
    public async Task An_effect_can_be_delayed_until_its_caller_disconnects()
    {
        await using var fault = await SetAsync(new FaultRule { Kind = FaultKind.AfterCallerLeft });
        await CallAndDisconnectAsync(fault);
        var entry = await JournaledAsync(fault);
        Assert.Equal((201, true, false), (entry.Status, entry.Effect, entry.Answered));
        Assert.True(await ExistsAsync());
    }

    [Fact]
    public async Task A_call_held_by_a_removed_fault_has_no_effect()
    {
        var fault = await SetAsync(new FaultRule { Kind = FaultKind.LateEffect });
        var call = CreateAsync();
        await fault.WaitForHitsAsync();
        await fault.DisposeAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => call);
        Assert.False(await ExistsAsync());
    }

    [Fact]
    public async Task A_fault_applies_only_to_matching_calls()
    {
        await using var otherSystem = await SetAsync(new FaultRule { System = "s3", Count = 0 });
        await using var otherMethod = await SetAsync(new FaultRule { Method = "DELETE", Count = 0 });
        await using var otherPath = await SetAsync(new FaultRule { Path = "/v2/workflows*", Count = 0 });
        await using var otherBody = await fixture.Control.SetFaultAsync(
            new FaultRule { BodyContains = subscriber + "x", Count = 0 });
        Assert.Equal(HttpStatusCode.Created, await CreateAsync());
    }

    [Fact]
    public async Task A_bucket_exists_after_the_answer_to_its_creation_is_lost()
    {
        using var s3 = S3Client.Create(fixture.Sandbox.S3!);
        await using var fault = await fixture.Control.SetFaultAsync(
            new FaultRule { System = "s3", Method = "PUT", Path = $"/{subscriber}*", Kind = FaultKind.LoseAnswer });
        await Assert.ThrowsAnyAsync<Exception>(() => s3.PutBucketAsync(subscriber));
        await s3.HeadBucketAsync(new() { BucketName = subscriber });
    }

    [Fact]
    public async Task A_late_upload_keeps_all_its_bytes()
    {
        using var s3 = S3Client.Create(fixture.Sandbox.S3!);
        await s3.PutBucketAsync(subscriber);
        await using var fault = await fixture.Control.SetFaultAsync(
            new FaultRule { System = "s3", Path = $"/{subscriber}/key", Kind = FaultKind.AfterCallerLeft });
        using var cancellation = new CancellationTokenSource();
        var call = s3.PutObjectAsync(
            new() { BucketName = subscriber, Key = "key", ContentBody = new string('x', 100_000) }, cancellation.Token);
        await fault.WaitForHitsAsync();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        var late = await AssertMore.EventuallyAsync(() => s3.GetObjectMetadataAsync(subscriber, "key"), _ => true);
        Assert.Equal(100_000, late.ContentLength);
    }

    [Fact]
    public async Task A_fault_can_apply_to_keycloak()
    {
        await using var fault = await fixture.Control.SetFaultAsync(
            new FaultRule { System = "keycloak", Path = $"/realms/{subscriber}*", Status = 502 });
        using var http = new HttpClient { BaseAddress = fixture.Sandbox.Keycloak };
        var path = $"/realms/{subscriber}/.well-known/openid-configuration";
        using var first = await http.GetAsync(path);
        using var second = await http.GetAsync(path);
        Assert.Equal((HttpStatusCode.BadGateway, HttpStatusCode.NotFound), (first.StatusCode, second.StatusCode));
    }

    private Task<SandboxFault> SetAsync(FaultRule rule) =>
        fixture.Control.SetFaultAsync(rule with { System = rule.System ?? "novu", BodyContains = subscriber });

    private StringContent Body() => new($$"""{"subscriberId":"{{subscriber}}"}""");

    private async Task<HttpStatusCode> CreateAsync()
    {
        using var answer = await novu.Http.PostAsync("/v2/subscribers", Body());
        return answer.StatusCode;
    }

    private async Task CallAndDisconnectAsync(SandboxFault fault)
    {
        using var cancellation = new CancellationTokenSource();
        var call = novu.Http.PostAsync("/v2/subscribers", Body(), cancellation.Token);
        await fault.WaitForHitsAsync();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    private async Task<bool> ExistsAsync() =>
        (await novu.GetAsync($"/v2/subscribers/{subscriber}")).Status == HttpStatusCode.OK;

    // The journal has the outcome once the call has ended in the sandbox, which its caller cannot observe.
    private Task<JournalEntry> JournaledAsync(SandboxFault fault) => AssertMore.EventuallyAsync(
        async () => (await fixture.Control.GetCallsAsync()).Last(call => call.Fault == fault.Id),
        call => call.Fault is not null);
}
