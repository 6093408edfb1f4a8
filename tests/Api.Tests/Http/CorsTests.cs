using System.Net;
using System.Net.Http.Json;
using Api.Http;
using ControlPlane.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting.Internal;

namespace Api.Tests.Http;

/// <summary>Pages of other origins may call the routes of a sign-up, as <c>CORS_ORIGINS</c> names them.</summary>
public sealed class CorsTests(ApiFixture fixture)
{
    private const string Origin = "https://www.example.com";
    private const string Lead = "0197b0a1-0000-7000-8000-000000000001";

    [Theory]
    [InlineData("/leads", "POST")]
    [InlineData("/leads/challenge", "GET")]
    [InlineData($"/leads/{Lead}/resend", "POST")]
    [InlineData($"/leads/{Lead}/verify", "POST")]
    [InlineData($"/leads/{Lead}/tenants", "POST")]
    [InlineData($"/tenants/{Lead}/provisioning", "GET")]
    public async Task A_preflight_of_a_named_origin_is_answered(string path, string method)
    {
        await using var app = StartApplication();

        var answer = (await PreflightAsync(app, path, Origin, method)).Expect(HttpStatusCode.NoContent);

        Assert.Equal((Origin, "GET,POST", "600", "Origin", null), (
            Find(answer, "Access-Control-Allow-Origin"), Find(answer, "Access-Control-Allow-Methods"),
            Find(answer, "Access-Control-Max-Age"), Find(answer, "Vary"),
            Find(answer, "Access-Control-Allow-Credentials")));
        Assert.Equal("Authorization,Content-Type,Idempotency-Key,Altcha", Find(answer, "Access-Control-Allow-Headers"));
    }

    [Fact]
    public async Task An_answer_and_an_error_are_readable_for_a_named_origin()
    {
        await using var app = StartApplication(("LEADS_RATE_LIMIT", "2"));
        foreach (var (body, status) in ((object Body, int Status)[])
        [
            (TestData.SignUp($"{TestData.NewKey()}.com"), 201), (new { }, 400), (new { }, 429),
        ])
        {
            var answer = await app.SendAsync(
                HttpMethod.Post, "/leads", null, JsonContent.Create(body), ("Origin", "http://localhost:3000"));

            Assert.Equal((status, "http://localhost:3000", "Origin"), (
                (int)answer.Status, Find(answer, "Access-Control-Allow-Origin"), Find(answer, "Vary")));
            Assert.Equal("Location,Retry-After", Find(answer, "Access-Control-Expose-Headers"));
        }
    }

    [Theory]
    [InlineData("https://example.com")]
    [InlineData("http://www.example.com")]
    [InlineData("https://www.example.com:8443")]
    [InlineData("https://www.example.com.attacker.example")]
    [InlineData("null")]
    public async Task Another_origin_gets_no_header_of_CORS(string origin)
    {
        await using var app = StartApplication();

        foreach (var answer in (Answer[])
        [
            await PreflightAsync(app, "/leads", origin, "POST"),
            await app.SendAsync(HttpMethod.Post, "/leads", null, JsonContent.Create(new { }), ("Origin", origin)),
        ])
        {
            Assert.DoesNotContain(answer.Headers, header =>
                header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
            Assert.Equal("Origin", Find(answer, "Vary"));
        }
    }

    [Theory]
    [InlineData("/tenants", "GET")]
    [InlineData($"/tenants/{Lead}", "DELETE")]
    [InlineData($"/tenants/{Lead}/provision", "POST")]
    [InlineData("/health/ready", "GET")]
    public async Task No_other_route_answers_a_preflight(string path, string method)
    {
        await using var app = StartApplication();

        (await PreflightAsync(app, path, Origin, method)).AssertProblem(405, "method_not_allowed");
    }

    [Fact]
    public async Task Without_an_origin_every_answer_is_as_without_CORS()
    {
        var app = fixture.Application;

        (await PreflightAsync(app, "/leads", Origin, "POST")).AssertProblem(405, "method_not_allowed");
        var answer = await app.SendAsync(
            HttpMethod.Post, "/leads", null, JsonContent.Create(new { }), ("Origin", Origin));

        Assert.Equal((null, null), (Find(answer, "Access-Control-Allow-Origin"), Find(answer, "Vary")));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("null")]
    [InlineData("www.example.com")]
    [InlineData("https://www.example.com/")]
    [InlineData("https://www.example.com/sign-up")]
    [InlineData("https://www.example.com:443")]
    [InlineData("https://WWW.example.com")]
    [InlineData("https://*.example.com")]
    [InlineData("https://user@www.example.com")]
    [InlineData("ftp://www.example.com")]
    [InlineData("https://b\u00FCcher.example")]
    [InlineData("https://a.example;https://b.example")]
    public void What_is_no_origin_is_refused_by_its_name(string text)
    {
        var error = Assert.Throws<SettingException>(() => Read($"https://a.example, {text}", "Development"));

        Assert.StartsWith($"CORS_ORIGINS: found '{text}', expected exact origins", error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Production_refuses_an_origin_without_TLS()
    {
        Assert.Throws<SettingException>(() => Read("http://www.example.com", "Production"));

        Assert.Equal(
            [Origin, "https://xn--bcher-kva.example", "https://a.example:8443"],
            Read($"{Origin} https://xn--bcher-kva.example,https://a.example:8443", "Production").All);
    }

    private ApiApplication StartApplication(params (string, string)[] settings) =>
        fixture.StartApplication([("CORS_ORIGINS", $"{Origin}, http://localhost:3000"), .. settings]);

    private static Task<Answer> PreflightAsync(ApiApplication app, string path, string origin, string method) =>
        app.SendAsync(HttpMethod.Options, path, null, null, ("Origin", origin),
            ("Access-Control-Request-Method", method),
            ("Access-Control-Request-Headers", "authorization,content-type,idempotency-key"));

    private static string? Find(Answer answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    private static SignUpOrigins Read(string origins, string environment) => SignUpOrigins.From(new SettingsReader(
        new ConfigurationBuilder().AddInMemoryCollection([new("CORS_ORIGINS", origins)]).Build(),
        new HostingEnvironment { EnvironmentName = environment }));
}
