using System.Net;
using ControlPlane.Tenants;

namespace Api.Tests.Tenants;

public sealed class TenantsApiTests(ApiFixture fixture)
{
    private readonly ApiApplication app = fixture.Application;

    private string OperatorToken => fixture.Realm.CreateToken(app.Time.GetUtcNow());

    [Fact]
    public async Task A_verified_lead_creates_a_tenant_as_in_the_quick_start()
    {
        string key = TestData.NewKey();
        var lead = await app.Data.CreateVerifiedLeadAsync($"{key}.com");

        var answer = await app.PostAsync(
            $"/leads/{lead.Id}/tenants", new { key, domains = (string[])[lead.Domain] }, lead.Jwt);

        var tenant = answer.Expect(HttpStatusCode.Created).Json;
        Assert.Equal($"/tenants/{answer.GetString("id")}", answer.Headers.Location!.OriginalString);
        Assert.Equal((key, "New Company Inc", "PENDING_PROVISION"),
            (answer.GetString("key"), answer.GetString("name"), answer.GetString("status")));
        Assert.Equal([lead.Domain],
            tenant.GetProperty("domains").EnumerateArray().Select(domain => domain.GetString()));
        Assert.Equal(
            $$"""{"email":"admin@{{lead.Domain}}","firstName":"John","lastName":"Doe","isPrimary":true,"""
            + "\"type\":\"admin\"}",
            Assert.Single(tenant.GetProperty("contacts").EnumerateArray()).GetRawText());
    }

    [Theory]
    [InlineData("NewCompany")]
    [InlineData("a")]
    [InlineData("abcdefghijk")]
    [InlineData("\u0441ompany")]
    [InlineData("admin")]
    [InlineData("")]
    [InlineData(null)]
    public async Task An_invalid_key_is_refused(string? key)
    {
        var lead = await app.Data.CreateVerifiedLeadAsync();

        (await app.PostAsync($"/leads/{lead.Id}/tenants", new { key, domains = (string[])[lead.Domain] }, lead.Jwt))
            .AssertProblem(400, "invalid_request", "key");
    }

    [Theory]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("\0")]
    [InlineData(null)]
    public async Task A_name_that_is_too_long_or_not_printable_is_refused(string? name)
    {
        var lead = await app.Data.CreateVerifiedLeadAsync();
        string key = TestData.NewKey();
        object body = new { key, domains = (string[])[lead.Domain], name = name ?? new string('x', 101) };

        (await app.PostAsync($"/leads/{lead.Id}/tenants", body, lead.Jwt))
            .AssertProblem(400, "invalid_request", "name");
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("*.example.com")]
    [InlineData("example.com:8080")]
    [InlineData("gmail.com")]
    [InlineData("localhost")]
    [InlineData("exam\0ple.com")]
    [InlineData(null)]
    public async Task An_invalid_domain_is_refused(string? domain)
    {
        var lead = await app.Data.CreateVerifiedLeadAsync();

        object body = new { key = TestData.NewKey(), domains = (string?[])[lead.Domain, domain] };

        (await app.PostAsync($"/leads/{lead.Id}/tenants", body, lead.Jwt))
            .AssertProblem(400, "invalid_request", "domains[1]");
    }

    [Fact]
    public async Task Domains_are_1_to_20_distinct_ones_including_the_proven_one()
    {
        var lead = await app.Data.CreateVerifiedLeadAsync();
        string path = $"/leads/{lead.Id}/tenants";
        string key = TestData.NewKey();

        (await app.PostAsync(path, new { key }, lead.Jwt)).AssertProblem(400, "invalid_request", "domains");
        (await app.PostAsync(path, new { key, domains = (string[])[] }, lead.Jwt))
            .AssertProblem(400, "invalid_request", "domains");
        (await app.PostAsync(path, new { key, domains = (string[])["other.com"] }, lead.Jwt))
            .AssertProblem(400, "invalid_request", "domains");
        string[] duplicates = [lead.Domain, lead.Domain.ToUpperInvariant()];
        (await app.PostAsync(path, new { key, domains = duplicates }, lead.Jwt))
            .AssertProblem(400, "invalid_request", "domains");
        (await app.PostAsync(
            path, new { key, domains = Enumerable.Range(0, 21).Select(i => $"d{i}.com") }, lead.Jwt))
            .AssertProblem(400, "invalid_request", "domains");
        (await app.PostAsync(
            path, new { key, domains = Enumerable.Range(0, 100_000).Select(i => $"d{i}.com") }, lead.Jwt))
            .AssertProblem(413, "too_large");
        (await app.PostAsync(path, new { key, domains = lead.Domain }, lead.Jwt))
            .AssertProblem(400, "invalid_request", "domains");
        Assert.Equal(0L, await fixture.Postgres.ReadAsync<long>("SELECT count(*) FROM tenants WHERE key = $1", key));
    }

    [Fact]
    public async Task A_key_or_domain_of_another_tenant_is_refused_as_taken()
    {
        var tenant = await app.Data.CreateTenantAsync();
        var lead = await app.Data.CreateVerifiedLeadAsync();
        var rival = await app.Data.CreateVerifiedLeadAsync(tenant.Lead.Domain);

        (await app.PostAsync(
            $"/leads/{lead.Id}/tenants", new { key = tenant.Key, domains = (string[])[lead.Domain] }, lead.Jwt))
            .AssertProblem(409, "key_taken", "key");
        (await app.PostAsync(
            $"/leads/{rival.Id}/tenants",
            new { key = TestData.NewKey(), domains = (string[])[rival.Domain] },
            rival.Jwt))
            .AssertProblem(409, "domain_taken", "domains");
    }

    [Fact]
    public async Task Of_two_leads_that_race_for_one_key_one_gets_it_and_the_other_an_error()
    {
        string key = TestData.NewKey();
        TestLead[] rivals = [await app.Data.CreateVerifiedLeadAsync(), await app.Data.CreateVerifiedLeadAsync()];

        var answers = await Task.WhenAll(rivals.Select(lead => app.PostAsync(
            $"/leads/{lead.Id}/tenants", new { key, domains = (string[])[lead.Domain] }, lead.Jwt)));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Created);
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Conflict)
            .AssertProblem(409, "key_taken", "key");
    }

    [Fact]
    public async Task A_lead_cannot_create_a_second_tenant_with_its_old_or_a_new_JWT()
    {
        var tenant = await app.Data.CreateTenantAsync();
        var again = await app.Data.VerifyAsync(tenant.Lead);
        object body = new { key = TestData.NewKey(), domains = (string[])[tenant.Lead.Domain] };

        foreach (string jwt in (string[])[tenant.Lead.Jwt, again.Jwt])
        {
            (await app.PostAsync($"/leads/{tenant.Lead.Id}/tenants", body, jwt)).AssertProblem(409, "lead_has_tenant");
        }
    }

    [Fact]
    public async Task After_14_days_key_and_domain_are_free_and_the_old_tenant_is_EXPIRED()
    {
        await using var isolated = fixture.StartApplication();
        var tenant = await isolated.Data.CreateTenantAsync();
        isolated.Time.Advance(Tenant.PendingLifetime);

        await isolated.Data.CreateTenantAsync(tenant.Key);

        string bearer = fixture.Realm.CreateToken(isolated.Time.GetUtcNow());
        Assert.Equal("EXPIRED", (await isolated.GetAsync($"/tenants/{tenant.Id}", bearer)).GetString("status"));
    }

    [Fact]
    public async Task An_operator_reads_a_tenant_its_resources_and_its_provisioning()
    {
        var tenant = await app.Data.CreateTenantAsync();
        await fixture.Postgres.ExecuteAsync(
            """
            INSERT INTO resources (tenant_id, type, name, state, attempt, created_at, updated_at)
            VALUES ($1, 'keycloak_realm', 'tenant-x', 'CREATED', 1, now(), now())
            """, Guid.Parse(tenant.Id));

        var read = (await app.GetAsync($"/tenants/{tenant.Id}", OperatorToken)).Expect(HttpStatusCode.OK);
        var resources = (await app.GetAsync($"/tenants/{tenant.Id}/resources", OperatorToken))
            .Expect(HttpStatusCode.OK);
        var provisioning = (await app.GetAsync($"/tenants/{tenant.Id}/provisioning", OperatorToken))
            .Expect(HttpStatusCode.OK);

        Assert.Equal(tenant.Key, read.GetString("key"));
        Assert.Equal("keycloak_realm", Assert.Single(resources.Json.EnumerateArray()).GetProperty("type").GetString());
        Assert.Equal("PENDING_PROVISION", provisioning.GetString("status"));
        Assert.Empty(provisioning.Json.GetProperty("steps").EnumerateArray());
    }

    [Fact]
    public async Task A_tenant_shows_its_expiry_until_its_first_attempt_and_tier_and_plan_from_then_on()
    {
        var tenant = await app.Data.CreateTenantAsync();

        var pending = (await app.GetAsync($"/tenants/{tenant.Id}", OperatorToken)).Expect(HttpStatusCode.OK).Json;
        (await app.PostAsync($"/tenants/{tenant.Id}/provision", TestData.Subscription(tenant.Id), OperatorToken))
            .Expect(HttpStatusCode.Accepted);
        var recorded = (await app.GetAsync($"/tenants/{tenant.Id}", OperatorToken)).Expect(HttpStatusCode.OK).Json;

        Assert.Equal(("null", "null"), (
            pending.GetProperty("tier").GetRawText(), pending.GetProperty("plan").GetRawText()));
        Assert.Equal(
            app.Time.GetUtcNow() + Tenant.PendingLifetime, pending.GetProperty("expiresAt").GetDateTimeOffset());
        Assert.Equal(("silo", """{"id":"plan-uuid","name":"Enterprise Plan"}""", "null"), (
            recorded.GetProperty("tier").GetString(), recorded.GetProperty("plan").GetRawText(),
            recorded.GetProperty("expiresAt").GetRawText()));
    }

    [Fact]
    public async Task An_operator_lists_tenants_page_by_page_and_by_status()
    {
        await using var isolated = fixture.StartApplication();
        var first = await isolated.Data.CreateTenantAsync();
        isolated.Time.Advance(TimeSpan.FromSeconds(1));
        var second = await isolated.Data.CreateTenantAsync();
        string bearer = fixture.Realm.CreateToken(isolated.Time.GetUtcNow());

        var seen = new List<string>();
        string? cursor = "";
        while (cursor is not null)
        {
            var page = (await isolated.GetAsync(
                $"/tenants?status=PENDING_PROVISION&limit=1{(cursor == "" ? "" : $"&cursor={cursor}")}", bearer))
                .Expect(HttpStatusCode.OK).Json;
            seen.Add(Assert.Single(page.GetProperty("items").EnumerateArray()).GetProperty("id").GetString()!);
            cursor = page.GetProperty("next").GetString();
        }

        Assert.True(seen.IndexOf(second.Id) < seen.IndexOf(first.Id), "The newest is first.");
        Assert.Equal(seen.Count, seen.Distinct().Count());
    }

    [Fact]
    public async Task A_filter_returns_the_tenants_that_match_it_and_no_other()
    {
        string key = TestData.NewKey();
        var lead = await app.Data.CreateVerifiedLeadAsync($"{key}.com");
        var created = await app.PostAsync($"/leads/{lead.Id}/tenants",
            new { key, domains = (string[])[lead.Domain], name = $"Die {key.ToUpperInvariant()}-Söhne (x's & Co)" },
            lead.Jwt);
        string id = created.Expect(HttpStatusCode.Created).GetString("id");
        await app.Data.CreateTenantAsync();
        (await app.PostAsync($"/tenants/{id}/provision", TestData.Subscription(id), OperatorToken))
            .Expect(HttpStatusCode.Accepted);

        foreach (string query in (string[])
        [
            $"key={key}", $"domain={key}.com", $"domain={key.ToUpperInvariant()}.COM", $"email=Admin@{key}.com",
            $"q={key[..8]}", $"q=admin@{key[..8]}", $"q={key}.c", $"q={key}-S%C3%B6", $"q=die {key}", $"q={key} x's",
            $"tier=enterprise&key={key}", $"tier=silo&q={key}", $"key={key}&domain={key}.com&status=PROVISION_RECORDED",
        ])
        {
            Assert.True((await ListIdsAsync(query)) is [var only] && only == id, query);
        }

        foreach (string query in (string[])
        [
            $"key={key[..8]}", $"key={key}&tier=pooled", $"domain={key}.de", $"email=other@{key}.com", $"q={key}zz",
            "q=%25%25", "q=__", $"key={key}&status=PENDING_PROVISION", "q=%26%26", "q='%20:*\\",
        ])
        {
            Assert.DoesNotContain(id, await ListIdsAsync(query));
        }
    }

    [Fact]
    public async Task Pages_of_a_filtered_list_show_every_match_once()
    {
        string word = TestData.NewKey();
        var expected = new List<string>();
        for (int i = 0; i < 5; i++)
        {
            var lead = await app.Data.CreateVerifiedLeadAsync();
            var answer = await app.PostAsync($"/leads/{lead.Id}/tenants",
                new { key = TestData.NewKey(), domains = (string[])[lead.Domain], name = $"The {word} {i}" }, lead.Jwt);
            expected.Insert(0, answer.Expect(HttpStatusCode.Created).GetString("id"));
            await app.Data.CreateTenantAsync();
        }

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await app.GetAsync(
                $"/tenants?q={word}&limit=2{(cursor is null ? "" : $"&cursor={cursor}")}", OperatorToken))
                .Expect(HttpStatusCode.OK).Json;
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(row => row.GetProperty("id").GetString()!));
            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);

        Assert.Equal(expected.Order(), seen.Order());
    }

    [Theory]
    [InlineData("key=", "key")]
    [InlineData("key=a%00b", "key")]
    [InlineData("domain=a..b", "domain")]
    [InlineData("email=nobody", "email")]
    [InlineData("tier=gold", "tier")]
    [InlineData("q=a", "q")]
    [InlineData("q=a%00b", "q")]
    [InlineData("status=NONE", "status")]
    [InlineData("cursor=nonsense", "cursor")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("limit=many", "limit")]
    [InlineData("limit=99999999999999", "limit")]
    public async Task An_invalid_parameter_of_the_list_is_named(string query, string field) =>
        (await app.GetAsync($"/tenants?{query}", OperatorToken)).AssertProblem(400, "invalid_request", field);

    [Fact]
    public async Task An_unknown_tenant_is_404_everywhere()
    {
        string id = Guid.CreateVersion7(app.Time.GetUtcNow()).ToString();

        foreach (string path in (string[])["", "/resources", "/provisioning"])
        {
            (await app.GetAsync($"/tenants/{id}{path}", OperatorToken)).AssertProblem(404, "not_found");
        }

        (await app.PostAsync($"/tenants/{id}/provision", TestData.Subscription(id), OperatorToken))
            .AssertProblem(404, "not_found");
        (await app.PostAsync($"/tenants/{id}/invitations", null, OperatorToken)).AssertProblem(404, "not_found");
        (await app.GetAsync("/tenants/not-an-id", OperatorToken)).AssertProblem(404, "not_found");
    }

    private async Task<List<string>> ListIdsAsync(string query) =>
        [.. (await app.GetAsync($"/tenants?{query}", OperatorToken)).Expect(HttpStatusCode.OK).Json
            .GetProperty("items").EnumerateArray().Select(row => row.GetProperty("id").GetString()!)];
}
