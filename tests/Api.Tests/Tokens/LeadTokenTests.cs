using System.Net;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Api.Tests.Tokens;

public sealed class LeadTokenTests(ApiFixture fixture)
{
    private readonly ApiApplication app = fixture.Application;

    [Fact]
    public async Task A_JWT_has_subject_audience_and_lifetime_and_no_personal_data()
    {
        var lead = await app.Data.CreateVerifiedLeadAsync();

        var jwt = new JsonWebToken(lead.Jwt);

        Assert.Equal(
            ("HS256", "arc-saas", "lead", lead.Id), (jwt.Alg, jwt.Issuer, jwt.Audiences.Single(), jwt.Subject));
        Assert.Equal(TimeSpan.FromMinutes(15), jwt.ValidTo - jwt.IssuedAt);
        Assert.Equal(["aud", "exp", "iat", "iss", "jti", "nbf", "sub"], jwt.Claims.Select(claim => claim.Type).Order());
    }

    [Fact]
    public async Task A_JWT_of_another_lead_is_refused()
    {
        var lead = await app.Data.CreateVerifiedLeadAsync();
        var other = await app.Data.CreateVerifiedLeadAsync();

        (await CreateAsync(app, lead, other.Jwt)).AssertProblem(401, "token_wrong_lead");
    }

    [Fact]
    public async Task A_JWT_expires_after_15_minutes_and_verifying_again_gives_a_new_one()
    {
        await using var isolated = fixture.StartApplication();
        var lead = await isolated.Data.CreateVerifiedLeadAsync();
        isolated.Time.Advance(TimeSpan.FromMinutes(15));

        (await CreateAsync(isolated, lead, lead.Jwt)).AssertProblem(401, "token_expired");
        (await CreateAsync(isolated, lead, (await isolated.Data.VerifyAsync(lead)).Jwt)).Expect(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_forged_JWT_is_refused()
    {
        var lead = await app.Data.CreateVerifiedLeadAsync();
        string payload = lead.Jwt.Split('.')[1];
        string none = $"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""")}.{payload}.";
        string secret = ApiApplication.JwtSecret;

        foreach (string forged in (string[])
        [
            none,
            none + lead.Jwt.Split('.')[2],
            lead.Jwt[..^2] + (lead.Jwt.EndsWith("AA", StringComparison.Ordinal) ? "BB" : "AA"),
            Sign(lead, "another secret of the same length as the right one is"),
            Sign(lead, secret, issuer: "another-issuer"),
            Sign(lead, secret, audience: "operator"),
            Sign(lead, secret, algorithm: SecurityAlgorithms.HmacSha512),
            Sign(lead, secret, expires: false),
            Sign(lead, secret, subject: "not-an-id"),
            lead.Token,
            "a.b.c",
            "x",
        ])
        {
            (await CreateAsync(app, lead, forged)).AssertProblem(401, "token_invalid");
        }
    }

    [Fact]
    public async Task An_operators_token_creates_no_tenant()
    {
        var lead = await app.Data.CreateVerifiedLeadAsync();

        (await CreateAsync(app, lead, fixture.Realm.CreateToken(app.Time.GetUtcNow())))
            .AssertProblem(401, "token_invalid");
    }

    [Fact]
    public async Task The_caller_is_authenticated_before_the_body_is_read()
    {
        var lead = await app.Data.CreateVerifiedLeadAsync();

        string path = $"/leads/{lead.Id}/tenants";

        (await app.PostAsync(path, "{ no json")).AssertProblem(401, "token_missing");
        (await app.PostAsync(path, "{ no json", "x")).AssertProblem(401, "token_invalid");
        (await app.PostAsync(path, "{ no json", lead.Jwt)).AssertProblem(400, "invalid_request", "body");
    }

    [Fact]
    public async Task A_JWT_issued_after_the_tenant_reads_only_its_provisioning()
    {
        var tenant = await app.Data.CreateTenantAsync();
        var other = await app.Data.CreateTenantAsync();
        string jwt = (await app.Data.VerifyAsync(tenant.Lead)).Jwt;

        var provisioning = (await app.GetAsync($"/tenants/{tenant.Id}/provisioning", jwt)).Expect(HttpStatusCode.OK);

        Assert.Equal(tenant.Id, provisioning.GetString("tenantId"));
        (await app.GetAsync($"/tenants/{other.Id}/provisioning", jwt)).AssertProblem(403, "forbidden");
        (await app.GetAsync($"/tenants/{tenant.Id}", jwt)).AssertProblem(401, "token_invalid");
        (await app.PostAsync($"/tenants/{tenant.Id}/provision", TestData.Subscription(tenant.Id), jwt))
            .AssertProblem(401, "token_invalid");
    }

    [Fact]
    public async Task The_JWT_that_created_the_tenant_does_not_read_it()
    {
        var tenant = await app.Data.CreateTenantAsync();

        (await app.GetAsync($"/tenants/{tenant.Id}/provisioning", tenant.Lead.Jwt)).AssertProblem(403, "forbidden");
    }

    private static Task<Answer> CreateAsync(ApiApplication app, TestLead lead, string jwt) => app.PostAsync(
        $"/leads/{lead.Id}/tenants", new { key = TestData.NewKey(), domains = (string[])[lead.Domain] }, jwt);

    private string Sign(
        TestLead lead, string secret, string issuer = "arc-saas", string audience = "lead",
        string algorithm = SecurityAlgorithms.HmacSha256, bool expires = true, string? subject = null)
    {
        var now = app.Time.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = issuer,
                Audience = audience,
                Claims = new Dictionary<string, object> { ["sub"] = subject ?? lead.Id, ["jti"] = "1" },
                Expires = expires ? now.AddMinutes(15) : null,
                SigningCredentials = new SigningCredentials(
                    new SymmetricSecurityKey(Encoding.UTF8.GetBytes(secret)),
                    algorithm),
            });
    }
}
