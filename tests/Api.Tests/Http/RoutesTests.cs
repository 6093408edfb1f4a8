using System.Net;

namespace Api.Tests.Http;

public sealed class RoutesTests(ApiFixture fixture)
{
    private readonly ApiApplication app = fixture.Application;

    [Theory]
    [InlineData("/")]
    [InlineData("/ping")]
    [InlineData("/health/live")]
    [InlineData("/openapi/v1.json")]
    public async Task The_route_works_without_settings(string path)
    {
        await using var unconfigured = fixture.StartApplication(
            ("DATABASE_URL", ""), ("JWT_SECRET", ""), ("OPERATOR_ISSUER", ""), ("TEMPORAL_ADDRESS", ""),
            ("TOKEN_KEYS", ""));

        (await unconfigured.GetAsync(path)).Expect(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("DATABASE_URL", "POST", "/leads")]
    [InlineData("TOKEN_KEYS", "POST", "/leads")]
    [InlineData("JWT_SECRET", "POST", "/leads/0197b0a1-0000-7000-8000-000000000001/tenants")]
    [InlineData("OPERATOR_ISSUER", "GET", "/tenants")]
    public async Task A_missing_setting_is_named(string setting, string method, string path)
    {
        await using var unconfigured = fixture.StartApplication((setting, ""));

        var answer = await unconfigured.SendAsync(new HttpMethod(method), path, null,
            method == "POST" ? System.Net.Http.Json.JsonContent.Create(TestData.SignUp("newcompany.com")) : null);

        answer.AssertProblem(503, "not_configured");
        Assert.StartsWith($"{setting}: found nothing", answer.GetString("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_Temporals_settings_no_attempt_is_recorded()
    {
        await using var unconfigured = fixture.StartApplication(("TEMPORAL_ADDRESS", ""));
        var tenant = await unconfigured.Data.CreateTenantAsync();

        var answer = await unconfigured.PostAsync($"/tenants/{tenant.Id}/provision", TestData.Subscription(tenant.Id),
            fixture.Realm.CreateToken(unconfigured.Time.GetUtcNow()));

        answer.AssertProblem(503, "not_configured");
        Assert.Equal(0L, await fixture.Postgres.ReadAsync<long>(
            "SELECT count(*) FROM provisioning_attempts WHERE tenant_id = $1", Guid.Parse(tenant.Id)));
    }

    [Fact]
    public async Task An_unreachable_database_is_503()
    {
        await using var offline = fixture.StartApplication(("DATABASE_URL", "postgres://u@127.0.0.1:1/d"));

        (await offline.PostAsync("/leads", TestData.SignUp("newcompany.com"))).AssertProblem(503, "unavailable");
    }

    [Theory]
    [InlineData("GET", "/nowhere", 404, "not_found")]
    [InlineData("POST", "/leads/not-an-id/verify", 404, "not_found")]
    [InlineData("GET", "/leads", 405, "method_not_allowed")]
    [InlineData("DELETE", "/leads", 405, "method_not_allowed")]
    [InlineData("PUT", "/tenants/0197b0a1-0000-7000-8000-000000000001", 405, "method_not_allowed")]
    [InlineData("POST", "/ping", 405, "method_not_allowed")]
    public async Task An_unknown_route_or_method_is_a_problem(string method, string path, int status, string code) =>
        (await app.SendAsync(new HttpMethod(method), path, null, null)).AssertProblem(status, code);

    [Theory]
    [InlineData("/verify")]
    [InlineData("/invitations")]
    public async Task A_page_runs_only_its_own_scripts_and_sends_no_referrer(string path)
    {
        var page = (await app.GetAsync(path)).Expect(HttpStatusCode.OK);

        Assert.Equal("text/html", page.MediaType);
        string policy = page.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none'; script-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("no-referrer", page.Headers.GetValues("Referrer-Policy").Single());
        Assert.DoesNotContain("<script>", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", page.Text, StringComparison.Ordinal);
        foreach (string asset in page.Text.Split('"')
            .Where(text => text.StartsWith("/pages/", StringComparison.Ordinal)))
        {
            (await app.GetAsync(asset)).Expect(HttpStatusCode.OK);
        }
    }
}
