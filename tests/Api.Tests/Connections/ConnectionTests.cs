using System.Net;
using System.Text.Json.Nodes;
using Npgsql;

namespace Api.Tests.Connections;

/// <summary>GET /tenants/{id}/connection: how an application reaches its tenant.</summary>
public sealed class ConnectionTests(ApiFixture fixture)
{
    private readonly ApiApplication app = fixture.Application;

    private string OperatorToken => fixture.Realm.CreateToken(app.Time.GetUtcNow());

    private string ApplicationToken => fixture.Realm.CreateToken(app.Time.GetUtcNow(), role: "application");

    [Fact]
    public async Task An_application_reads_the_parts_of_an_active_tenant_in_one_document()
    {
        var tenant = await GivenAsync("ACTIVE");

        var answer = (await app.GetAsync($"/tenants/{tenant.Id}/connection", ApplicationToken))
            .Expect(HttpStatusCode.OK);

        var document = JsonNode.Parse(answer.Text)!.AsObject();
        Assert.True(document.Remove("updatedAt"));
        Assert.True(JsonNode.DeepEquals(document, JsonNode.Parse(
            $$"""
            {
              "schema": 1, "tenantId": "{{tenant.Id}}", "key": "{{tenant.Key}}", "name": "New Company Inc",
              "tier": "silo", "attempt": 1, "url": "https://{{tenant.Key}}.app.example.com",
              "domains": ["{{tenant.Lead.Domain}}"],
              "identity": { "issuer": "https://id.example.com/realms/tenant-x", "clientId": "x-app" },
              "database": {
                "host": "db.example.com", "port": 5432, "name": "tenants", "schema": "tenant_x", "role": "tenant_x",
                "login": {
                  "user": "tenant_x_a", "generation": 1,
                  "password": { "store": "folder", "name": "1/database-1", "sealed": null }
                }
              },
              "storage": null
            }
            """)), document.ToJsonString());
    }

    [Fact]
    public async Task An_operator_may_read_it_and_an_application_may_read_nothing_else()
    {
        var tenant = await GivenAsync("ACTIVE");

        (await app.GetAsync($"/tenants/{tenant.Id}/connection", OperatorToken)).Expect(HttpStatusCode.OK);
        foreach (string path in (string[])["", "/provisioning", "/resources", "/audit", "/residue"])
        {
            (await app.GetAsync($"/tenants/{tenant.Id}{path}", ApplicationToken)).AssertProblem(403, "forbidden");
        }

        (await app.GetAsync("/tenants", ApplicationToken)).AssertProblem(403, "forbidden");
        (await app.SendAsync(HttpMethod.Delete, $"/tenants/{tenant.Id}", ApplicationToken, null))
            .AssertProblem(403, "forbidden");
    }

    [Fact]
    public async Task Other_callers_are_refused()
    {
        var tenant = await GivenAsync("ACTIVE");
        string path = $"/tenants/{tenant.Id}/connection";

        (await app.GetAsync(path)).AssertProblem(401, "token_missing");
        (await app.GetAsync(path, (await app.Data.VerifyAsync(tenant.Lead)).Jwt)).AssertProblem(401, "token_invalid");
        var refused = await app.GetAsync(path, fixture.Realm.CreateToken(app.Time.GetUtcNow(), role: "viewer"));
        refused.AssertProblem(403, "forbidden");
        Assert.Contains("'application'", refused.GetString("detail"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PROVISIONING")]
    [InlineData("ROLLING_BACK")]
    [InlineData("PROVISION_FAILED")]
    public async Task Only_an_active_tenant_has_a_connection(string status)
    {
        var refused = await app.GetAsync($"/tenants/{(await GivenAsync(status)).Id}/connection", ApplicationToken);

        refused.AssertProblem(409, "wrong_state");
        Assert.Equal($"The tenant is {status}. Only an ACTIVE tenant has a connection.", refused.GetString("detail"));
    }

    [Fact]
    public async Task A_part_of_an_earlier_attempt_is_not_shown()
    {
        var tenant = await GivenAsync("ACTIVE");
        await fixture.Postgres.ExecuteAsync(
            "UPDATE tenant_connections SET attempt = 0 WHERE tenant_id = $1 AND part = 'identity'",
            Guid.Parse(tenant.Id));

        var document = JsonNode.Parse((await app.GetAsync($"/tenants/{tenant.Id}/connection", ApplicationToken)).Text)!;

        Assert.Null(document["identity"]);
        Assert.NotNull(document["database"]);
    }

    [Fact]
    public async Task An_application_finds_the_connection_by_key_or_proven_domain()
    {
        var tenant = await GivenAsync("ACTIVE");
        string unproven = $"{TestData.NewKey()}.com";
        await fixture.Postgres.ExecuteAsync(
            "INSERT INTO tenant_domains (tenant_id, domain, position, state) VALUES ($1, $2, 1, 'UNPROVEN')",
            Guid.Parse(tenant.Id), unproven);

        foreach (string query in (string[])
            [$"key={tenant.Key}", $"key={tenant.Key.ToUpperInvariant()}", $"domain={tenant.Lead.Domain}"])
        {
            Assert.Equal(tenant.Id, (await app.GetAsync($"/connections?{query}", ApplicationToken))
                .Expect(HttpStatusCode.OK).GetString("tenantId"));
        }

        foreach (string query in (string[])[$"key={TestData.NewKey()}", $"domain={unproven}"])
        {
            (await app.GetAsync($"/connections?{query}", ApplicationToken)).AssertProblem(404, "not_found");
        }
    }

    [Theory]
    [InlineData("/connections", "key")]
    [InlineData("/connections?key=a&domain=example.com", "key")]
    [InlineData("/connections?key=", "key")]
    [InlineData("/connections?domain=..", "domain")]
    public async Task A_search_without_exactly_one_valid_name_is_refused(string path, string field) =>
        (await app.GetAsync(path, ApplicationToken)).AssertProblem(400, "invalid_request", field);

    [Fact]
    public async Task A_search_tells_a_tenant_that_is_not_active_and_other_callers_nothing()
    {
        var tenant = await GivenAsync("PROVISIONING");

        (await app.GetAsync($"/connections?key={tenant.Key}", ApplicationToken)).AssertProblem(409, "wrong_state");
        (await app.GetAsync($"/connections?key={tenant.Key}")).AssertProblem(401, "token_missing");
    }

    [Fact]
    public async Task A_tenant_that_does_not_exist_is_not_found() =>
        (await app.GetAsync($"/tenants/{Guid.Empty}/connection", ApplicationToken)).AssertProblem(404, "not_found");

    [Fact]
    public async Task The_role_of_applications_is_a_setting_and_never_that_of_operators()
    {
        await using var renamed = fixture.StartApplication(("APPLICATION_ROLE", "tenant-reader"));
        var tenant = await GivenAsync("ACTIVE");

        (await renamed.GetAsync($"/tenants/{tenant.Id}/connection",
            fixture.Realm.CreateToken(renamed.Time.GetUtcNow(), role: "tenant-reader"))).Expect(HttpStatusCode.OK);
        (await renamed.GetAsync($"/tenants/{tenant.Id}/connection",
            fixture.Realm.CreateToken(renamed.Time.GetUtcNow(), role: "application"))).AssertProblem(403, "forbidden");
    }

    [Theory]
    [InlineData("UPDATE tenant_connections SET part = part WHERE false")]
    [InlineData("DELETE FROM tenant_connections WHERE false")]
    [InlineData("SELECT FROM tenant_passwords")]
    public async Task The_functions_only_read_connections_and_never_what_passwords_are_made_of(string sql)
    {
        await using var command = fixture.Postgres.Functions.CreateCommand(sql);

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(
            () => command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken))).SqlState);
    }

    private async Task<TestTenant> GivenAsync(string status)
    {
        var tenant = await app.Data.CreateTenantAsync();
        var id = Guid.Parse(tenant.Id);
        await fixture.Postgres.ExecuteAsync("UPDATE tenants SET attempt = 1, status = $2 WHERE id = $1", id, status);
        await fixture.Postgres.ExecuteAsync(
            """
            INSERT INTO provisioning_attempts
                (tenant_id, attempt, state, subscription, subscription_hash, tier, recorded_at)
            VALUES ($1, 1, 'SUCCEEDED', '{"plan":{"id":"p","name":"P"}}', '', 'silo', now())
            """,
            id);
        await fixture.Postgres.ExecuteAsync(
            """
            INSERT INTO tenant_connections (tenant_id, part, attempt, document, updated_at) VALUES
                ($1, 'identity', 1, '{"issuer":"https://id.example.com/realms/tenant-x","clientId":"x-app"}', now()),
                ($1, 'database', 1, '{"host":"db.example.com","port":5432,"name":"tenants","schema":"tenant_x",
                    "role":"tenant_x","login":{"user":"tenant_x_a","generation":1,
                    "password":{"store":"folder","name":"1/database-1"}}}', now())
            """,
            id);
        return tenant;
    }
}
