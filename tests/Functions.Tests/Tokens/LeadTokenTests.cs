using System.Net;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Functions.Tests.Tokens;

public sealed class LeadTokenTests(World world)
{
    private readonly FunctionsApplication app = world.Application;

    [Fact]
    public async Task A_JWT_says_who_for_what_and_how_long_and_nothing_personal()
    {
        var lead = await app.Given.VerifiedLeadAsync();

        var jwt = new JsonWebToken(lead.Jwt);

        Assert.Equal(
            ("HS256", "arc-saas", "lead", lead.Id), (jwt.Alg, jwt.Issuer, jwt.Audiences.Single(), jwt.Subject));
        Assert.Equal(TimeSpan.FromMinutes(15), jwt.ValidTo - jwt.IssuedAt);
        Assert.Equal(["aud", "exp", "iat", "iss", "jti", "nbf", "sub"], jwt.Claims.Select(claim => claim.Type).Order());
    }

    [Fact]
    public async Task A_JWT_of_another_lead_is_refused()
    {
        var lead = await app.Given.VerifiedLeadAsync();
        var other = await app.Given.VerifiedLeadAsync();

        (await CreateAsync(app, lead, other.Jwt)).IsProblem(401, "token_wrong_lead");
    }

    [Fact]
    public async Task After_15_minutes_a_JWT_has_expired_and_verifying_again_gives_another()
    {
        await using var own = world.Start();
        var lead = await own.Given.VerifiedLeadAsync();
        own.Time.Advance(TimeSpan.FromMinutes(15));

        (await CreateAsync(own, lead, lead.Jwt)).IsProblem(401, "token_expired");
        (await CreateAsync(own, lead, (await own.Given.VerifyAsync(lead)).Jwt)).Expect(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_JWT_that_we_did_not_sign_like_this_is_refused()
    {
        var lead = await app.Given.VerifiedLeadAsync();
        string payload = lead.Jwt.Split('.')[1];
        string none = $"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""")}.{payload}.";
        string mine = FunctionsApplication.JwtSecret;

        foreach (string forged in (string[])
        [
            none,
            none + lead.Jwt.Split('.')[2],
            lead.Jwt[..^2] + (lead.Jwt.EndsWith("AA", StringComparison.Ordinal) ? "BB" : "AA"),
            Sign(lead, "another secret of the same length as the right one is"),
            Sign(lead, mine, issuer: "somebody-else"),
            Sign(lead, mine, audience: "operator"),
            Sign(lead, mine, algorithm: SecurityAlgorithms.HmacSha512),
            Sign(lead, mine, expires: false),
            Sign(lead, mine, subject: "not-an-id"),
            lead.Token,
            "a.b.c",
            "x",
        ])
        {
            (await CreateAsync(app, lead, forged)).IsProblem(401, "token_invalid");
        }
    }

    [Fact]
    public async Task An_operators_token_creates_no_tenant()
    {
        var lead = await app.Given.VerifiedLeadAsync();

        (await CreateAsync(app, lead, world.Realm.Token(app.Time.GetUtcNow()))).IsProblem(401, "token_invalid");
    }

    [Fact]
    public async Task Who_calls_is_asked_before_the_body_is_read()
    {
        var lead = await app.Given.VerifiedLeadAsync();

        string path = $"/leads/{lead.Id}/tenants";

        (await app.PostAsync(path, "{ no json")).IsProblem(401, "token_missing");
        (await app.PostAsync(path, "{ no json", "x")).IsProblem(401, "token_invalid");
        (await app.PostAsync(path, "{ no json", lead.Jwt)).IsProblem(400, "invalid_request", "body");
    }

    [Fact]
    public async Task Once_there_is_a_tenant_a_fresh_JWT_reads_its_provisioning_and_nothing_else()
    {
        var tenant = await app.Given.TenantAsync();
        var other = await app.Given.TenantAsync();
        string jwt = (await app.Given.VerifyAsync(tenant.Lead)).Jwt;

        var provisioning = (await app.GetAsync($"/tenants/{tenant.Id}/provisioning", jwt)).Expect(HttpStatusCode.OK);

        Assert.Equal(tenant.Id, provisioning.Value("tenantId"));
        (await app.GetAsync($"/tenants/{other.Id}/provisioning", jwt)).IsProblem(403, "forbidden");
        (await app.GetAsync($"/tenants/{tenant.Id}", jwt)).IsProblem(401, "token_invalid");
        (await app.PostAsync($"/tenants/{tenant.Id}/provision", Given.Subscription(tenant.Id), jwt))
            .IsProblem(401, "token_invalid");
    }

    [Fact]
    public async Task The_JWT_that_made_the_tenant_does_not_read_it()
    {
        var tenant = await app.Given.TenantAsync();

        (await app.GetAsync($"/tenants/{tenant.Id}/provisioning", tenant.Lead.Jwt)).IsProblem(403, "forbidden");
    }

    private static Task<Answer> CreateAsync(FunctionsApplication on, GivenLead lead, string jwt) => on.PostAsync(
        $"/leads/{lead.Id}/tenants", new { key = Given.Key(), domains = (string[])[lead.Domain] }, jwt);

    private string Sign(
        GivenLead lead, string secret, string issuer = "arc-saas", string audience = "lead",
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
