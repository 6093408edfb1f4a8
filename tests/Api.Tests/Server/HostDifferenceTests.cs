using System.Net;
using System.Net.Http.Json;

namespace Api.Tests.Server;

/// <summary>Answers of the native process that differ from those of the Functions app.</summary>
public sealed class HostDifferenceTests(ApiFixture fixture)
{
    [Fact]
    public async Task An_address_below_admin_is_unknown() =>
        (await fixture.Application.GetAsync("/admin")).AssertProblem(404, "not_found");

    [Fact]
    public async Task The_method_TRACE_is_not_allowed() =>
        (await fixture.Application.SendAsync(HttpMethod.Trace, "/ping", null, null))
            .AssertProblem(405, "method_not_allowed");

    [Fact]
    public async Task The_hosts_own_header_means_nothing() => (await fixture.Application.SendAsync(
        HttpMethod.Get, "/ping", null, null, ("x-ms-invocation-id", "x"))).Expect(HttpStatusCode.OK);

    [Fact]
    public async Task No_header_names_the_server() =>
        Assert.False((await fixture.Application.GetAsync("/ping")).Headers.Contains("Server"));

    [Fact]
    public async Task Behind_a_proxy_each_caller_has_a_separate_limit()
    {
        await using var app = fixture.StartApplication(("LEADS_RATE_LIMIT", "1"), ("TRUSTED_PROXY_HOPS", "1"));
        (await SignUpAsync(app, "203.0.113.1")).Expect(HttpStatusCode.Created);
        (await SignUpAsync(app, "203.0.113.2")).Expect(HttpStatusCode.Created);

        (await SignUpAsync(app, "203.0.113.3, 203.0.113.1")).AssertProblem(429, "too_many_requests");
    }

    private static Task<Answer> SignUpAsync(ApiApplication app, string forwarded) => app.SendAsync(
        HttpMethod.Post, "/leads", null, JsonContent.Create(TestData.SignUp($"{TestData.NewKey()}.com")),
        ("X-Forwarded-For", forwarded));
}
