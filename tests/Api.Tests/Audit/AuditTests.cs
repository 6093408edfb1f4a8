using System.Net;
using System.Text.Json;
using Npgsql;

namespace Api.Tests.Audit;

/// <summary>The audit: operators' acts and changes of state, as GET /tenants/{id}/audit shows them.</summary>
public sealed class AuditTests(ApiFixture fixture)
{
    private readonly ApiApplication app = fixture.Application;

    private string OperatorToken => fixture.Realm.CreateToken(app.Time.GetUtcNow());

    [Fact]
    public async Task An_operators_act_and_its_changes_of_state_are_recorded_with_the_actor()
    {
        var tenant = await app.Data.CreateTenantAsync();

        (await app.PostAsync($"/tenants/{tenant.Id}/provision", TestData.Subscription(tenant.Id), OperatorToken))
            .Expect(HttpStatusCode.Accepted);

        const string Route = "POST /tenants/{id}/provision";
        Assert.Equal(
            [
                $"ACT_ENDED OPERATOR operator-1 erika null {Route}: 202",
                $"ATTEMPT_STATE OPERATOR operator-1 erika 1 {Route}: RECORDED",
                $"ACT_BEGUN OPERATOR operator-1 erika null {Route}: BEGUN",
                $"TENANT_STATE LEAD {tenant.Lead.Id} null 0 POST /leads/{{id}}/tenants: PENDING_PROVISION",
            ],
            await ReadAsync(tenant.Id));
    }

    [Fact]
    public async Task A_refused_act_is_recorded_with_its_code()
    {
        var tenant = await app.Data.CreateTenantAsync();

        (await app.PostAsync($"/tenants/{tenant.Id}/provisioning/cancel", null, OperatorToken))
            .AssertProblem(409, "wrong_state");
        string stranger = fixture.Realm.CreateToken(app.Time.GetUtcNow(), role: "reader");
        (await app.SendAsync(HttpMethod.Delete, $"/tenants/{tenant.Id}", stranger, null))
            .AssertProblem(403, "forbidden");
        (await app.SendAsync(HttpMethod.Delete, $"/tenants/{tenant.Id}", null, null))
            .AssertProblem(401, "token_missing");

        Assert.Equal(
            [
                "ACT_ENDED OPERATOR operator-1 erika null DELETE /tenants/{id}: 403 forbidden",
                "ACT_ENDED OPERATOR operator-1 erika null POST /tenants/{id}/provisioning/cancel: 409 wrong_state",
                "ACT_BEGUN OPERATOR operator-1 erika null POST /tenants/{id}/provisioning/cancel: BEGUN",
            ],
            (await ReadAsync(tenant.Id)).SkipLast(1));
    }

    [Fact]
    public async Task An_act_on_an_unknown_tenant_is_recorded()
    {
        var id = Guid.CreateVersion7(app.Time.GetUtcNow());

        (await app.PostAsync($"/tenants/{id}/invitations", null, OperatorToken)).AssertProblem(404, "not_found");

        Assert.Equal("404 not_found", await fixture.Postgres.ReadAsync<string>(
            "SELECT outcome FROM audit_events WHERE tenant_id = $1 AND event = 'ACT_ENDED'", id));
        (await app.GetAsync($"/tenants/{id}/audit", OperatorToken)).AssertProblem(404, "not_found");
    }

    [Fact]
    public async Task The_list_is_paged_and_only_for_operators()
    {
        var tenant = await app.Data.CreateTenantAsync();
        await app.PostAsync($"/tenants/{tenant.Id}/provisioning/cancel", null, OperatorToken);
        string path = $"/tenants/{tenant.Id}/audit?limit=2";

        var first = (await app.GetAsync(path, OperatorToken)).Expect(HttpStatusCode.OK);
        var second = (await app.GetAsync($"{path}&cursor={first.GetString("next")}", OperatorToken))
            .Expect(HttpStatusCode.OK);

        Assert.Equal((2, 1), (
            first.Json.GetProperty("items").GetArrayLength(), second.Json.GetProperty("items").GetArrayLength()));
        Assert.Equal(JsonValueKind.Null, second.Json.GetProperty("next").ValueKind);
        (await app.GetAsync($"{path}&cursor=abc", OperatorToken)).AssertProblem(400, "invalid_request", "cursor");
        (await app.GetAsync($"/tenants/{tenant.Id}/audit?limit=0", OperatorToken))
            .AssertProblem(400, "invalid_request", "limit");
        (await app.GetAsync(path)).AssertProblem(401, "token_missing");
        (await app.GetAsync(path, (await app.Data.VerifyAsync(tenant.Lead)).Jwt)).AssertProblem(401, "token_invalid");
    }

    [Fact]
    public async Task The_network_is_shown_and_not_the_address()
    {
        await using var behindProxy = fixture.StartApplication(("CLIENT_ADDRESS_HEADER", "X-Client"));
        var tenant = await app.Data.CreateTenantAsync();

        foreach (string address in (string[])["203.0.113.77", "2001:db8:1:2:3::4"])
        {
            await behindProxy.SendAsync(
                HttpMethod.Post, $"/tenants/{tenant.Id}/provisioning/cancel", OperatorToken, null,
                ("X-Client", address));
        }

        var answer = await app.GetAsync($"/tenants/{tenant.Id}/audit", OperatorToken);
        Assert.Equal(
            ["2001:db8:1::/48", "203.0.113.0/24"],
            answer.Json.GetProperty("items").EnumerateArray().SkipLast(1)
                .Select(item => item.GetProperty("network").GetString()!).Distinct());
        Assert.DoesNotContain(tenant.Lead.Domain, answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_act_that_cannot_be_recorded_is_not_done()
    {
        var tenant = await app.Data.CreateTenantAsync();
        await fixture.Postgres.ExecuteAsync(
            $"""
            ALTER TABLE audit_events ADD CONSTRAINT audit_test
            CHECK (tenant_id <> '{tenant.Id}' OR event <> 'ACT_BEGUN') NOT VALID
            """);
        try
        {
            (await app.PostAsync($"/tenants/{tenant.Id}/provision", TestData.Subscription(tenant.Id), OperatorToken))
                .AssertProblem(500, "internal");
        }
        finally
        {
            await fixture.Postgres.ExecuteAsync("ALTER TABLE audit_events DROP CONSTRAINT audit_test");
        }

        Assert.Equal(0, (await app.GetAsync($"/tenants/{tenant.Id}", OperatorToken))
            .Json.GetProperty("attempt").GetInt32());
    }

    [Theory]
    [InlineData("UPDATE audit_events SET outcome = '200'")]
    [InlineData("DELETE FROM audit_events")]
    [InlineData("TRUNCATE audit_events")]
    [InlineData("UPDATE audit_seals SET hash = ''")]
    [InlineData("DELETE FROM audit_seals")]
    [InlineData("TRUNCATE audit_seals CASCADE")]
    public async Task Neither_the_functions_nor_the_workers_role_changes_a_recorded_row(string sql)
    {
        foreach (var role in (NpgsqlDataSource[])[fixture.Postgres.Functions, fixture.Postgres.Owner])
        {
            await using var command = role.CreateCommand(sql);
            var error = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(
                TestContext.Current.CancellationToken));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, error.SqlState);
        }
    }

    private async Task<List<string>> ReadAsync(string tenantId)
    {
        var answer = (await app.GetAsync($"/tenants/{tenantId}/audit", OperatorToken)).Expect(HttpStatusCode.OK);
        return answer.Json.GetProperty("items").EnumerateArray().Select(item => string.Join(' ',
            ((string[])["event", "actor", "actorSub", "actorName", "attempt", "route"])
                .Select(name => item.GetProperty(name) is { ValueKind: not JsonValueKind.Null } value
                    ? value.ToString()
                    : "null"))
            + $": {item.GetProperty("outcome").GetString()}").ToList();
    }
}
