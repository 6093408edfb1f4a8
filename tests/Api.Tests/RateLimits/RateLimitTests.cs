using System.Net;
using System.Net.Http.Json;
using Api.RateLimits;

namespace Api.Tests.RateLimits;

public sealed class RateLimitTests(ApiFixture fixture)
{
    [Fact]
    public async Task The_eleventh_sign_up_in_a_minute_is_refused_with_Retry_After()
    {
        await using var app = fixture.StartApplication(("LEADS_RATE_LIMIT", "10"));
        for (int i = 0; i < 10; i++)
        {
            await app.Data.CreateLeadAsync();
        }

        app.Time.Advance(TimeSpan.FromSeconds(20));
        var refused = await app.PostAsync("/leads", TestData.SignUp($"{TestData.NewKey()}.com"));

        refused.AssertProblem(429, "too_many_requests");
        Assert.Equal(TimeSpan.FromSeconds(40), refused.Headers.RetryAfter!.Delta);
        app.Time.Advance(TimeSpan.FromSeconds(40));
        await app.Data.CreateLeadAsync();
    }

    [Fact]
    public async Task A_resend_and_an_invalid_body_count_too()
    {
        await using var app = fixture.StartApplication(("LEADS_RATE_LIMIT", "3"));
        var lead = await app.Data.CreateLeadAsync();
        (await app.PostAsync($"/leads/{lead.Id}/resend")).Expect(HttpStatusCode.OK);
        (await app.PostAsync("/leads", "{ no json")).AssertProblem(400, "invalid_request", "body");

        (await app.PostAsync($"/leads/{lead.Id}/resend")).AssertProblem(429, "too_many_requests");
        (await app.PostAsync("/leads", "{ no json")).AssertProblem(429, "too_many_requests");
        // Other endpoints are not limited.
        (await app.PostAsync($"/leads/{lead.Id}/verify", bearer: "x")).AssertProblem(401, "token_invalid");
        (await app.GetAsync("/ping")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_forged_X_Forwarded_For_does_not_bypass_the_limit()
    {
        await using var app = fixture.StartApplication(("LEADS_RATE_LIMIT", "1"));
        await app.Data.CreateLeadAsync();

        (await SignUpAsync(app, "203.0.113.9")).AssertProblem(429, "too_many_requests");
    }

    [Fact]
    public async Task Behind_a_gateway_each_caller_has_a_separate_limit()
    {
        await using var app = fixture.StartApplication(
            ("LEADS_RATE_LIMIT", "1"), ("CLIENT_ADDRESS_HEADER", "X-Client-Address"));
        (await SignUpAsync(app, "203.0.113.1", "X-Client-Address")).Expect(HttpStatusCode.Created);
        (await SignUpAsync(app, "203.0.113.2", "X-Client-Address")).Expect(HttpStatusCode.Created);

        (await SignUpAsync(app, "203.0.113.1", "X-Client-Address")).AssertProblem(429, "too_many_requests");
    }

    [Fact]
    public async Task While_Redis_is_unreachable_the_process_counts_on_its_own_and_logs_it_once()
    {
        await using var app = fixture.StartApplication(("LEADS_RATE_LIMIT", "2"), ("REDIS_URL", "redis://127.0.0.1:1"));
        await app.Data.CreateLeadAsync();
        await app.Data.CreateLeadAsync();

        (await app.PostAsync("/leads", TestData.SignUp($"{TestData.NewKey()}.com")))
            .AssertProblem(429, "too_many_requests");
        Assert.Single(app.Log.All, line => line.Contains("Redis is unreachable", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_new_window_begins_after_the_old_one_ends()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var counter = new ProcessRateCounter(time);
        Assert.Equal(1, (await AddAsync()).Count);
        Assert.Equal(2, (await AddAsync()).Count);
        time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(1, (await AddAsync()).Count);

        ValueTask<RateCount> AddAsync() =>
            counter.AddAsync("a", TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_flood_of_addresses_resets_neither_other_limits_nor_that_of_the_busiest_caller()
    {
        var counter = new ProcessRateCounter(new Microsoft.Extensions.Time.Testing.FakeTimeProvider());
        await AddAsync("mails");
        for (int i = 0; i < 10; i++)
        {
            await AddAsync("recipient:victim");
            await AddAsync("address:attacker");
        }

        for (int i = 0; i < 250_000; i++)
        {
            await AddAsync($"address:{i}");
        }

        Assert.Equal(2, await AddAsync("mails"));
        Assert.Equal(11, await AddAsync("recipient:victim"));
        Assert.Equal(11, await AddAsync("address:attacker"));
        // The memory is bounded nevertheless: an early address was evicted.
        Assert.Equal(1, await AddAsync("address:0"));

        async Task<long> AddAsync(string key) => (await counter.AddAsync(
            key, TimeSpan.FromHours(1), TestContext.Current.CancellationToken)).Count;
    }

    [Fact]
    public async Task A_flood_of_recipients_does_not_reset_the_count_of_the_busiest_recipient()
    {
        var counter = new ProcessRateCounter(new Microsoft.Extensions.Time.Testing.FakeTimeProvider());
        for (int i = 0; i < 10; i++)
        {
            await AddAsync("recipient:victim");
        }

        for (int i = 0; i < 250_000; i++)
        {
            await AddAsync($"recipient:{i}");
        }

        Assert.Equal(11, await AddAsync("recipient:victim"));

        async Task<long> AddAsync(string key) => (await counter.AddAsync(
            key, TimeSpan.FromHours(1), TestContext.Current.CancellationToken)).Count;
    }

    private static Task<Answer> SignUpAsync(
        ApiApplication app, string address, string header = "X-Forwarded-For") => app.SendAsync(
        HttpMethod.Post, "/leads", null, JsonContent.Create(TestData.SignUp($"{TestData.NewKey()}.com")),
        (header, address));
}
