using System.Net;

namespace Api.Tests.Tenants;

/// <summary>DELETE /tenants/{id}, and the refusals that a customer reads as long as it has not been called.</summary>
public sealed class ReleaseTests(ApiFixture fixture)
{
    private readonly ApiApplication app = fixture.Application;

    private string OperatorToken => fixture.Realm.CreateToken(app.Time.GetUtcNow());

    [Fact]
    public async Task A_released_tenant_gives_key_domain_and_lead_back_and_is_still_shown()
    {
        await using var readings = await FakeReadings.StartAsync(fixture, findsObject: false);
        var tenant = await GivenAsync("PROVISION_FAILED", "ROLLED_BACK");

        var released = (await DeleteAsync(tenant, OperatorToken, readings.App)).Expect(HttpStatusCode.OK);

        Assert.Equal("RELEASED", released.GetString("status"));
        (await DeleteAsync(tenant, OperatorToken)).Expect(HttpStatusCode.OK);
        Assert.Equal("RELEASED", (await app.GetAsync($"/tenants/{tenant.Id}", OperatorToken)).GetString("status"));
        var lead = await app.Data.VerifyAsync(tenant.Lead);
        (await CreateAsync(lead, tenant.Key)).Expect(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_tenant_of_which_an_object_exists_is_not_released()
    {
        await using var readings = await FakeReadings.StartAsync(fixture, findsObject: true);
        var tenant = await GivenAsync("PROVISION_FAILED", "ROLLED_BACK");

        var refused = await DeleteAsync(tenant, OperatorToken, readings.App);

        refused.AssertProblem(409, "wrong_state");
        Assert.Equal(
            "The tenant was not released, since its residue is not zero: storage_bucket tenant-x-files exists.",
            refused.GetString("detail"));
    }

    [Theory]
    [InlineData("ACTIVE", "SUCCEEDED")]
    [InlineData("PROVISION_FAILED", "RECORDED")]
    [InlineData("ROLLBACK_INCOMPLETE", "ROLLBACK_INCOMPLETE")]
    public async Task A_tenant_that_is_or_may_become_live_is_not_released(string status, string state) =>
        (await DeleteAsync(await GivenAsync(status, state), OperatorToken)).AssertProblem(409, "wrong_state");

    [Fact]
    public async Task Only_an_operator_releases_an_existing_tenant()
    {
        var tenant = await app.Data.CreateTenantAsync();
        var lead = await app.Data.VerifyAsync(tenant.Lead);

        (await DeleteAsync(tenant, null)).AssertProblem(401, "token_missing");
        (await DeleteAsync(tenant, lead.Jwt)).AssertProblem(401, "token_invalid");
        (await DeleteAsync(tenant with { Id = Guid.Empty.ToString() }, OperatorToken)).AssertProblem(404, "not_found");
    }

    [Theory]
    [InlineData("PROVISION_FAILED", "ROLLED_BACK", "Its provisioning failed. Ask the support to provision it again, "
        + "or to release it; after that you can create a new one.")]
    [InlineData("PROVISION_FAILED", "RECORDED", "Its provisioning is under way: wait for the welcome mail, and do not "
        + "create another one.")]
    [InlineData("ACTIVE", "SUCCEEDED", "It is ready: log in there.")]
    public async Task A_second_sign_up_of_the_same_person_is_told_that_the_tenant_is_their_own_and_what_to_do(
        string status, string state, string advice)
    {
        var tenant = await GivenAsync(status, state);
        var again = await app.Data.CreateVerifiedLeadAsync(tenant.Lead.Domain);

        var sameKey = await CreateAsync(again, tenant.Key);
        var sameDomain = await CreateAsync(again, TestData.NewKey());

        sameKey.AssertProblem(409, "key_taken", "key");
        Assert.Equal(
            $"The key '{tenant.Key}' belongs to your own tenant. {advice}", sameKey.GetString("detail"));
        sameDomain.AssertProblem(409, "domain_taken", "domains");
        Assert.Equal(
            $"The domain {again.Domain} belongs to your own tenant '{tenant.Key}'. {advice}",
            sameDomain.GetString("detail"));
    }

    [Fact]
    public async Task A_lead_whose_tenant_failed_is_told_what_to_do()
    {
        var tenant = await GivenAsync("PROVISION_FAILED", "ROLLED_BACK");

        var refused = await CreateAsync(tenant.Lead, TestData.NewKey());

        refused.AssertProblem(409, "lead_has_tenant");
        Assert.StartsWith("The lead already has a tenant. Its provisioning failed. Ask the support",
            refused.GetString("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_colleague_and_a_stranger_learn_nothing_of_the_tenants_state()
    {
        var tenant = await GivenAsync("PROVISION_FAILED", "ROLLED_BACK");
        var colleague = await app.Data.CreateVerifiedLeadAsync(tenant.Lead.Domain, "colleague");
        var stranger = await app.Data.CreateVerifiedLeadAsync();

        Assert.Equal(
            $"The domain {colleague.Domain} belongs to a tenant that another person of your company created. Ask that "
            + "person for an account, or the support.",
            (await CreateAsync(colleague, TestData.NewKey())).GetString("detail"));
        Assert.Equal(
            $"The key '{tenant.Key}' belongs to another tenant; choose another one.",
            (await CreateAsync(stranger, tenant.Key)).GetString("detail"));
    }

    private async Task<TestTenant> GivenAsync(string status, string state)
    {
        var tenant = await app.Data.CreateTenantAsync();
        await fixture.Postgres.ExecuteAsync(
            "UPDATE tenants SET attempt = 1, status = $2 WHERE id = $1", Guid.Parse(tenant.Id), status);
        await fixture.Postgres.ExecuteAsync(
            """
            INSERT INTO provisioning_attempts
                (tenant_id, attempt, state, subscription, subscription_hash, tier, recorded_at)
            VALUES ($1, 1, $2, '{}', '', 'silo', now())
            """,
            Guid.Parse(tenant.Id), state);
        return tenant;
    }

    private Task<Answer> CreateAsync(TestLead lead, string key) => app.PostAsync(
        $"/leads/{lead.Id}/tenants", new { key, domains = (string[])[lead.Domain] }, lead.Jwt);

    private Task<Answer> DeleteAsync(TestTenant tenant, string? bearer, ApiApplication? application = null) =>
        (application ?? app).SendAsync(HttpMethod.Delete, $"/tenants/{tenant.Id}", bearer, null);
}
