using System.Net;
using Sandbox.Control;
using Sandbox.Tests.Novu;
using Sandbox.Tests.S3;
using Testing;

namespace Sandbox.Tests.Control;

/// <summary>
/// Each kind of fault, in front of a call that makes a subscriber: did it happen, and what did the caller see?
/// </summary>
public sealed class FaultTests(SandboxFixture fixture) : IDisposable
{
    private readonly NovuClient novu = new(fixture.Sandbox.Novu!);
    private readonly string subscriber = SandboxFixture.UniqueKey();

    public void Dispose() => novu.Dispose();

    [Fact]
    public async Task An_answer_replaces_the_call_for_as_many_calls_as_wanted()
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
        Assert.Equal(2, await fault.HitsAsync());
    }

    [Theory]
    [InlineData(200, "[{\"cut")]
    [InlineData(204, "")]
    public async Task An_answer_that_is_a_success_has_no_effect_either(int status, string body)
    {
        await using var fault = await SetAsync(new FaultRule { Status = status, Body = body });

        using var answer = await novu.Http.PostAsync("/v2/subscribers", Body());

        Assert.Equal((status, body), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.False(await ExistsAsync());
    }

    [Fact]
    public async Task Calls_can_pass_before_a_fault_begins()
    {
        await using var fault = await SetAsync(new FaultRule { Skip = 1 });
        Assert.Equal(HttpStatusCode.Created, await CreateAsync());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await CreateAsync());
        Assert.Equal(HttpStatusCode.Created, await CreateAsync());
    }

    [Fact]
    public async Task An_empty_query_means_calls_that_have_none()
    {
        await using var fault = await SetAsync(new FaultRule { Query = "" });
        using (var passes = await novu.Http.PostAsync("/v2/subscribers?note=1", Body()))
            Assert.Equal(HttpStatusCode.Created, passes.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await CreateAsync());
    }

    [Fact]
    public async Task A_delayed_call_goes_on_when_it_is_released()
    {
        await using var fault = await SetAsync(new FaultRule { Kind = FaultKind.Delay });
        var call = CreateAsync();
        await fault.HitAsync();
        Assert.False(await ExistsAsync());
        Assert.False(call.IsCompleted);

        await fault.ReleaseAsync();
        Assert.Equal(HttpStatusCode.Created, await call);
    }

    [Theory]
    [InlineData(FaultKind.Delay)]
    [InlineData(FaultKind.Hang)]
    public async Task A_held_call_whose_caller_leaves_does_nothing(FaultKind kind)
    {
        await using var fault = await SetAsync(new FaultRule { Kind = kind });
        await CallAndLeaveAsync(fault);
        var entry = await EndedAsync(fault);
        await fault.ReleaseAsync();
        Assert.Equal((null, false, false), (entry.Status, entry.Effect, entry.Answered));
        Assert.False(await ExistsAsync());
    }

    [Fact]
    public async Task A_reset_cuts_the_connection_before_anything_happens()
    {
        await using var fault = await SetAsync(new FaultRule { Kind = FaultKind.Reset });
        await Assert.ThrowsAsync<HttpRequestException>(CreateAsync);
        Assert.False(await ExistsAsync());
    }

    [Fact]
    public async Task A_lost_answer_leaves_the_caller_without_knowing_what_happened()
    {
        await using var fault = await SetAsync(new FaultRule { Kind = FaultKind.LoseAnswer });
        await Assert.ThrowsAsync<HttpRequestException>(CreateAsync);
        var entry = await EndedAsync(fault);
        Assert.Equal((201, true, false), (entry.Status, entry.Effect, entry.Answered));
        Assert.True(await ExistsAsync());
    }

    [Fact]
    public async Task A_refusal_is_lost_as_any_answer()
    {
        await using var fault = await SetAsync(new FaultRule { Kind = FaultKind.LoseAnswer });
        using var refused = new StringContent($"{subscriber} is no JSON", null, "application/json");
        await Assert.ThrowsAsync<HttpRequestException>(() => novu.Http.PostAsync("/v2/subscribers", refused));
        var entry = await EndedAsync(fault);
        Assert.Equal((400, false, false), (entry.Status, entry.Effect, entry.Answered));
    }

    [Fact]
    public async Task A_held_answer_comes_when_it_is_released()
    {
        await using var fault = await SetAsync(new FaultRule { Kind = FaultKind.HoldAnswer });
        var call = CreateAsync();
        await fault.HitAsync();
        Assert.True(await ExistsAsync());
        Assert.False(call.IsCompleted);

        await fault.ReleaseAsync();
        Assert.Equal(HttpStatusCode.Created, await call);
        Assert.True((await EndedAsync(fault)).Answered);
    }

    [Fact]
    public async Task A_held_answer_whose_caller_leaves_changes_nothing_about_its_effect()
    {
        await using var fault = await SetAsync(new FaultRule { Kind = FaultKind.HoldAnswer });
        await CallAndLeaveAsync(fault);
        var entry = await EndedAsync(fault);
        Assert.Equal((201, true, false), (entry.Status, entry.Effect, entry.Answered));
        Assert.True(await ExistsAsync());
    }

    [Fact]
    public async Task A_late_effect_happens_although_its_caller_has_gone()
    {
        await using var fault = await SetAsync(new FaultRule { Kind = FaultKind.LateEffect });
        await CallAndLeaveAsync(fault);
        Assert.False(await ExistsAsync());

        await fault.ReleaseAsync();
        var entry = await EndedAsync(fault);
        Assert.Equal((201, true, false), (entry.Status, entry.Effect, entry.Answered));
        Assert.True(await ExistsAsync());
    }

    [Fact]
    public async Task A_late_effect_is_answered_when_its_caller_has_waited()
    {
        await using var fault = await SetAsync(new FaultRule { Kind = FaultKind.LateEffect });
        var call = CreateAsync();
        await fault.HitAsync();
        await fault.ReleaseAsync();
        Assert.Equal(HttpStatusCode.Created, await call);
        Assert.True((await EndedAsync(fault)).Answered);
    }

    [Fact]
    public async Task An_effect_can_wait_for_its_caller_to_give_up()
    {
        await using var fault = await SetAsync(new FaultRule { Kind = FaultKind.AfterCallerLeft });
        await CallAndLeaveAsync(fault);
        var entry = await EndedAsync(fault);
        Assert.Equal((201, true, false), (entry.Status, entry.Effect, entry.Answered));
        Assert.True(await ExistsAsync());
    }

    [Fact]
    public async Task What_a_removed_fault_held_never_happens()
    {
        var fault = await SetAsync(new FaultRule { Kind = FaultKind.LateEffect });
        var call = CreateAsync();
        await fault.HitAsync();
        await fault.DisposeAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => call);
        Assert.False(await ExistsAsync());
    }

    [Fact]
    public async Task A_fault_meets_only_what_it_is_for()
    {
        await using var otherSystem = await SetAsync(new FaultRule { System = "s3", Count = 0 });
        await using var otherMethod = await SetAsync(new FaultRule { Method = "DELETE", Count = 0 });
        await using var otherPath = await SetAsync(new FaultRule { Path = "/v2/workflows*", Count = 0 });
        await using var otherBody = await fixture.Control.FaultAsync(
            new FaultRule { BodyContains = subscriber + "x", Count = 0 });
        Assert.Equal(HttpStatusCode.Created, await CreateAsync());
    }

    [Fact]
    public async Task A_bucket_whose_creation_lost_its_answer_is_there()
    {
        using var s3 = S3Client.Create(fixture.Sandbox.S3!);
        await using var fault = await fixture.Control.FaultAsync(
            new FaultRule { System = "s3", Method = "PUT", Path = $"/{subscriber}*", Kind = FaultKind.LoseAnswer });
        await Assert.ThrowsAnyAsync<Exception>(() => s3.PutBucketAsync(subscriber));
        await s3.HeadBucketAsync(new() { BucketName = subscriber });
    }

    [Fact]
    public async Task An_upload_happens_late_with_all_its_bytes()
    {
        using var s3 = S3Client.Create(fixture.Sandbox.S3!);
        await s3.PutBucketAsync(subscriber);
        await using var fault = await fixture.Control.FaultAsync(
            new FaultRule { System = "s3", Path = $"/{subscriber}/key", Kind = FaultKind.AfterCallerLeft });
        using var leaving = new CancellationTokenSource();
        var call = s3.PutObjectAsync(
            new() { BucketName = subscriber, Key = "key", ContentBody = new string('x', 100_000) }, leaving.Token);
        await fault.HitAsync();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        var late = await AssertMore.EventuallyAsync(() => s3.GetObjectMetadataAsync(subscriber, "key"), _ => true);
        Assert.Equal(100_000, late.ContentLength);
    }

    [Fact]
    public async Task Keycloak_has_its_faults_as_well()
    {
        await using var fault = await fixture.Control.FaultAsync(
            new FaultRule { System = "keycloak", Path = $"/realms/{subscriber}*", Status = 502 });
        using var http = new HttpClient { BaseAddress = fixture.Sandbox.Keycloak };
        var path = $"/realms/{subscriber}/.well-known/openid-configuration";
        using var first = await http.GetAsync(path);
        using var second = await http.GetAsync(path);
        Assert.Equal((HttpStatusCode.BadGateway, HttpStatusCode.NotFound), (first.StatusCode, second.StatusCode));
    }

    private Task<SandboxFault> SetAsync(FaultRule rule) =>
        fixture.Control.FaultAsync(rule with { System = rule.System ?? "novu", BodyContains = subscriber });

    private StringContent Body() => new($$"""{"subscriberId":"{{subscriber}}"}""");

    private async Task<HttpStatusCode> CreateAsync()
    {
        using var answer = await novu.Http.PostAsync("/v2/subscribers", Body());
        return answer.StatusCode;
    }

    private async Task CallAndLeaveAsync(SandboxFault fault)
    {
        using var leaving = new CancellationTokenSource();
        var call = novu.Http.PostAsync("/v2/subscribers", Body(), leaving.Token);
        await fault.HitAsync();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    private async Task<bool> ExistsAsync() =>
        (await novu.GetAsync($"/v2/subscribers/{subscriber}")).Status == HttpStatusCode.OK;

    // The journal has the outcome when the call has ended on the sandbox's side, which its caller does not see.
    private Task<JournalEntry> EndedAsync(SandboxFault fault) => AssertMore.EventuallyAsync(
        async () => (await fixture.Control.CallsAsync()).Last(call => call.Fault == fault.Id),
        call => call.Fault is not null);
}
