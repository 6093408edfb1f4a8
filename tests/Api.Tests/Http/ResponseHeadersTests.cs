using System.Net;

namespace Api.Tests.Http;

public sealed class ResponseHeadersTests(ApiFixture fixture)
{
    private readonly ApiApplication app = fixture.Application;

    [Theory]
    [InlineData("GET", "/", "no-store")]
    [InlineData("GET", "/ping", "no-store")]
    [InlineData("GET", "/health/ready", "no-store")]
    [InlineData("GET", "/tenants", "no-store")]
    [InlineData("POST", "/leads", "no-store")]
    [InlineData("GET", "/nowhere", "no-store")]
    [InlineData("DELETE", "/leads", "no-store")]
    [InlineData("GET", "/pages/nothing", "no-store")]
    [InlineData("GET", "/openapi/v1.json", "no-cache")]
    [InlineData("GET", "/verify", "no-cache")]
    [InlineData("GET", "/pages/page.css", "no-cache")]
    public async Task An_answer_is_not_stored_unless_it_is_public_and_its_type_is_not_guessed(
        string method, string path, string caching) =>
        AssertHeaders(await app.SendAsync(new HttpMethod(method), path, null, null), caching);

    [Fact]
    public async Task An_answer_with_a_token_or_personal_data_is_not_stored()
    {
        var tenant = await app.Data.CreateTenantAsync();
        string bearer = fixture.Realm.CreateToken(app.Time.GetUtcNow());

        AssertHeaders((await app.PostAsync("/leads", TestData.SignUp($"{TestData.NewKey()}.com")))
            .Expect(HttpStatusCode.Created), "no-store");
        AssertHeaders((await app.PostAsync($"/leads/{tenant.Lead.Id}/verify", bearer: tenant.Lead.Token))
            .Expect(HttpStatusCode.OK), "no-store");
        AssertHeaders((await app.GetAsync($"/tenants/{tenant.Id}", bearer)).Expect(HttpStatusCode.OK), "no-store");
    }

    [Theory]
    [InlineData("DATABASE_URL", "postgres://u@127.0.0.1:1/d", "/leads")]
    [InlineData("TOKEN_KEYS", "", "/leads")]
    [InlineData("DATABASE_URL", "postgres://u@127.0.0.1:1/d", "/health/ready")]
    public async Task A_503_says_when_to_try_again(string setting, string value, string path)
    {
        await using var own = fixture.StartApplication((setting, value));

        var answer = path == "/leads"
            ? await own.PostAsync(path, TestData.SignUp("newcompany.com"))
            : await own.GetAsync(path);

        var headers = answer.Expect(HttpStatusCode.ServiceUnavailable).Headers;
        Assert.Equal(TimeSpan.FromSeconds(5), headers.RetryAfter?.Delta);
    }

    [Fact]
    public async Task JSON_holds_text_as_it_was_written()
    {
        const string name = "O'Neil Söhne & \"Co\"+";
        string key = TestData.NewKey();
        var lead = await app.Data.CreateVerifiedLeadAsync($"{key}.com");

        var tenant = await app.PostAsync(
            $"/leads/{lead.Id}/tenants", new { key, name, domains = (string[])[lead.Domain] }, lead.Jwt);
        var problem = await app.GetAsync("/tenants", fixture.Realm.CreateToken(app.Time.GetUtcNow(), role: "viewer"));

        Assert.Contains("O'Neil Söhne & \\\"Co\\\"+", tenant.Expect(HttpStatusCode.Created).Text,
            StringComparison.Ordinal);
        Assert.Contains("'operator'", problem.Expect(HttpStatusCode.Forbidden).Text, StringComparison.Ordinal);
    }

    private static void AssertHeaders(Answer answer, string caching)
    {
        Assert.Equal("nosniff", string.Join(',', answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal(caching, answer.Headers.CacheControl?.ToString());
    }
}
