using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Functions.Tests.Http;

public sealed class RoutesTests(World world)
{
    private readonly FunctionsApplication app = world.Application;

    [Theory]
    [InlineData("/")]
    [InlineData("/ping")]
    [InlineData("/health/live")]
    [InlineData("/openapi/v1.json")]
    public async Task Needs_nothing(string path)
    {
        await using var bare = world.Start(
            ("DATABASE_URL", ""), ("JWT_SECRET", ""), ("OPERATOR_ISSUER", ""), ("TEMPORAL_ADDRESS", ""),
            ("TOKEN_KEYS", ""));

        (await bare.GetAsync(path)).Expect(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("DATABASE_URL", "POST", "/leads")]
    [InlineData("TOKEN_KEYS", "POST", "/leads")]
    [InlineData("JWT_SECRET", "POST", "/leads/0197b0a1-0000-7000-8000-000000000001/tenants")]
    [InlineData("OPERATOR_ISSUER", "GET", "/tenants")]
    public async Task What_is_not_configured_is_named(string setting, string method, string path)
    {
        await using var bare = world.Start((setting, ""));

        var answer = await bare.SendAsync(new HttpMethod(method), path, null,
            method == "POST" ? System.Net.Http.Json.JsonContent.Create(Given.SignUp("newcompany.com")) : null);

        answer.IsProblem(503, "not_configured");
        Assert.StartsWith($"{setting}: found nothing", answer.Value("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_Temporals_settings_no_attempt_is_recorded()
    {
        await using var bare = world.Start(("TEMPORAL_ADDRESS", ""));
        var tenant = await bare.Given.TenantAsync();

        var answer = await bare.PostAsync($"/tenants/{tenant.Id}/provision", Given.Subscription(tenant.Id),
            world.Realm.Token(bare.Time.GetUtcNow()));

        answer.IsProblem(503, "not_configured");
        Assert.Equal(0L, await world.Postgres.ReadAsync<long>(
            "SELECT count(*) FROM provisioning_attempts WHERE tenant_id = $1", Guid.Parse(tenant.Id)));
    }

    [Fact]
    public async Task A_database_that_is_away_is_503()
    {
        await using var without = world.Start(("DATABASE_URL", "postgres://u@127.0.0.1:1/d"));

        (await without.PostAsync("/leads", Given.SignUp("newcompany.com"))).IsProblem(503, "unavailable");
    }

    [Theory]
    [InlineData("GET", "/nowhere", 404, "not_found")]
    [InlineData("POST", "/leads/not-an-id/verify", 404, "not_found")]
    [InlineData("GET", "/admin", 404, "not_found")]
    [InlineData("GET", "/leads", 405, "method_not_allowed")]
    [InlineData("DELETE", "/leads", 405, "method_not_allowed")]
    [InlineData("PUT", "/tenants/0197b0a1-0000-7000-8000-000000000001", 405, "method_not_allowed")]
    [InlineData("POST", "/ping", 405, "method_not_allowed")]
    public async Task What_is_not_there_is_a_problem_too(string method, string path, int status, string code) =>
        (await app.SendAsync(new HttpMethod(method), path, null, null)).IsProblem(status, code);

    // The Functions host keeps these for itself and answers them.
    [Fact]
    public void No_route_begins_with_admin_or_runtime() => Assert.All(
        app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>(),
        route => Assert.DoesNotMatch("^/?(admin|runtime)", route.RoutePattern.RawText));

    [Theory]
    [InlineData("/verify")]
    [InlineData("/invitations")]
    public async Task A_page_runs_nothing_but_its_own_script_and_tells_nobody_its_address(string path)
    {
        var page = (await app.GetAsync(path)).Expect(HttpStatusCode.OK);

        Assert.Equal("text/html", page.MediaType);
        string policy = page.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none'; script-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("no-referrer", page.Headers.GetValues("Referrer-Policy").Single());
        Assert.DoesNotContain("<script>", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", page.Text, StringComparison.Ordinal);
        foreach (string part in page.Text.Split('"')
            .Where(text => text.StartsWith("/pages/", StringComparison.Ordinal)))
        {
            (await app.GetAsync(part)).Expect(HttpStatusCode.OK);
        }
    }
}
