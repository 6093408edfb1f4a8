using System.Net;
using System.Net.Http.Json;

namespace Api.Tests;

/// <summary>Answers of the Functions app that differ from those of the native process: the host gives them.</summary>
public sealed class HostDifferenceTests(ApiFixture fixture)
{
    [Fact]
    public async Task An_address_below_admin_is_the_hosts_own()
    {
        var answer = (await fixture.Application.GetAsync("/admin/host/status")).Expect(HttpStatusCode.Unauthorized);

        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.Single().Scheme);
        Assert.Empty(answer.Text);
    }

    [Fact]
    public async Task The_host_names_its_server() => Assert.Equal(
        ["Kestrel"], (await fixture.Application.GetAsync("/ping")).Headers.GetValues("Server"));

    [Fact]
    public async Task The_method_TRACE_is_unknown_to_the_host()
    {
        var answer = await fixture.Application.SendAsync(HttpMethod.Trace, "/ping", null, null);

        Assert.Empty(answer.Expect(HttpStatusCode.NotFound).Text);
    }

    // The host adds the header only where there is none, so worker and host do not find each other.
    [Fact]
    public async Task A_caller_that_sends_the_hosts_own_header_breaks_only_its_own_call()
    {
        var answer = await fixture.Application.SendAsync(
            HttpMethod.Get, "/ping", null, null, ("x-ms-invocation-id", "x"));

        Assert.Empty(answer.Expect(HttpStatusCode.InternalServerError).Text);
        (await fixture.Application.GetAsync("/ping")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task X_Forwarded_For_does_not_arrive_so_all_callers_share_one_limit()
    {
        await using var app = fixture.StartApplication(("LEADS_RATE_LIMIT", "1"), ("TRUSTED_PROXY_HOPS", "1"));
        (await SignUpAsync(app, "203.0.113.1")).Expect(HttpStatusCode.Created);

        (await SignUpAsync(app, "203.0.113.2")).AssertProblem(429, "too_many_requests");
    }

    [Fact]
    public async Task An_app_that_cannot_tell_its_callers_apart_says_so_at_start_and_when_it_is_ready()
    {
        await using var app = fixture.StartApplication(("LEADS_RATE_LIMIT", "1"));

        var ready = (await app.GetAsync("/health/ready")).Expect(HttpStatusCode.OK);

        Assert.Equal("hidden", ready.GetString("clientAddress"));
        Assert.Single(app.Log.All, line => line.Contains("CLIENT_ADDRESS_HEADER is not set", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_app_behind_a_gateway_can_tell_its_callers_apart()
    {
        await using var app = fixture.StartApplication(
            ("LEADS_RATE_LIMIT", "1"), ("CLIENT_ADDRESS_HEADER", "X-Client-Address"));

        var ready = (await app.GetAsync("/health/ready")).Expect(HttpStatusCode.OK);

        Assert.Equal("known", ready.GetString("clientAddress"));
        Assert.DoesNotContain(app.Log.All, line => line.Contains("CLIENT_ADDRESS_HEADER", StringComparison.Ordinal));
    }

    private static Task<Answer> SignUpAsync(ApiApplication app, string forwarded) => app.SendAsync(
        HttpMethod.Post, "/leads", null, JsonContent.Create(TestData.SignUp($"{TestData.NewKey()}.com")),
        ("X-Forwarded-For", forwarded));
}
