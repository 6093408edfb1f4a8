using System.Net;
using System.Net.Http.Json;
using Functions.RateLimits;

namespace Functions.Tests.RateLimits;

public sealed class RateLimitTests(World world)
{
    [Fact]
    public async Task The_eleventh_sign_up_of_a_minute_is_too_many_and_told_when_to_come_back()
    {
        await using var app = world.Start(("LEADS_RATE_LIMIT", "10"));
        for (int i = 0; i < 10; i++)
        {
            await app.Given.LeadAsync();
        }

        app.Time.Advance(TimeSpan.FromSeconds(20));
        var refused = await app.PostAsync("/leads", Given.SignUp($"{Given.Key()}.com"));

        refused.IsProblem(429, "too_many_requests");
        Assert.Equal(TimeSpan.FromSeconds(40), refused.Headers.RetryAfter!.Delta);
        app.Time.Advance(TimeSpan.FromSeconds(40));
        await app.Given.LeadAsync();
    }

    [Fact]
    public async Task A_new_token_and_a_wrong_body_count_too()
    {
        await using var app = world.Start(("LEADS_RATE_LIMIT", "3"));
        var lead = await app.Given.LeadAsync();
        (await app.PostAsync($"/leads/{lead.Id}/resend")).Expect(HttpStatusCode.OK);
        (await app.PostAsync("/leads", "{ no json")).IsProblem(400, "invalid_request", "body");

        (await app.PostAsync($"/leads/{lead.Id}/resend")).IsProblem(429, "too_many_requests");
        (await app.PostAsync("/leads", "{ no json")).IsProblem(429, "too_many_requests");
        // Others are not limited.
        (await app.PostAsync($"/leads/{lead.Id}/verify", bearer: "x")).IsProblem(401, "token_invalid");
        (await app.GetAsync("/ping")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_forged_X_Forwarded_For_does_not_help()
    {
        await using var app = world.Start(("LEADS_RATE_LIMIT", "1"));
        await app.Given.LeadAsync();

        (await SignUpAsync(app, "203.0.113.9")).IsProblem(429, "too_many_requests");
    }

    [Fact]
    public async Task Behind_a_proxy_each_caller_has_a_limit_of_his_own()
    {
        await using var app = world.Start(("LEADS_RATE_LIMIT", "1"), ("TRUSTED_PROXY_HOPS", "1"));
        (await SignUpAsync(app, "203.0.113.1")).Expect(HttpStatusCode.Created);
        (await SignUpAsync(app, "203.0.113.2")).Expect(HttpStatusCode.Created);

        (await SignUpAsync(app, "203.0.113.3, 203.0.113.1")).IsProblem(429, "too_many_requests");
    }

    [Fact]
    public async Task Nobodys_mailbox_is_filled_by_others_from_many_addresses()
    {
        await using var app = world.Start(("LEADS_RATE_LIMIT", "1000"));
        string domain = $"{Given.Key()}.com";
        var lead = await app.Given.LeadAsync(domain);
        for (int i = 1; i < SignUpLimits.MaxPerRecipient; i++)
        {
            await app.Given.LeadAsync(domain);
        }

        (await app.PostAsync("/leads", Given.SignUp(domain.ToUpperInvariant()))).IsProblem(429, "too_many_requests");
        (await app.PostAsync($"/leads/{lead.Id}/resend")).IsProblem(429, "too_many_requests");
        await app.Given.LeadAsync();
        Assert.Equal((long)SignUpLimits.MaxPerRecipient, await world.Postgres.ReadAsync<long>(
            "SELECT count(*) FROM leads WHERE email = $1", $"admin@{domain}"));
    }

    [Fact]
    public async Task While_Redis_is_away_the_process_counts_for_itself_and_says_so_once()
    {
        await using var app = world.Start(("LEADS_RATE_LIMIT", "2"), ("REDIS_URL", "redis://127.0.0.1:1"));
        await app.Given.LeadAsync();
        await app.Given.LeadAsync();

        (await app.PostAsync("/leads", Given.SignUp($"{Given.Key()}.com"))).IsProblem(429, "too_many_requests");
        Assert.Single(app.Log.All, line => line.Contains("Redis is unreachable", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Windows_that_have_ended_are_forgotten()
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
    public async Task However_many_addresses_call_no_other_limit_begins_anew_and_neither_does_that_of_who_calls_most()
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
        // What is remembered is bounded all the same.
        Assert.Equal(1, await AddAsync("address:0"));

        async Task<long> AddAsync(string key) => (await counter.AddAsync(
            key, TimeSpan.FromHours(1), TestContext.Current.CancellationToken)).Count;
    }

    [Fact]
    public async Task However_many_recipients_are_named_the_one_who_has_got_the_most_is_not_forgotten()
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

    private static Task<Answer> SignUpAsync(FunctionsApplication app, string forwarded) => app.SendAsync(
        HttpMethod.Post, "/leads", null, JsonContent.Create(Given.SignUp($"{Given.Key()}.com")),
        ("X-Forwarded-For", forwarded));
}
