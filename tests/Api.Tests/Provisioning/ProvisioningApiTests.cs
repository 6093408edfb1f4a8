using System.Net;
using ControlPlane.Tenants;
using Testing;

namespace Api.Tests.Provisioning;

public sealed class ProvisioningApiTests(ApiFixture fixture)
{
    private readonly ApiApplication app = fixture.Application;

    private string OperatorToken => fixture.Realm.CreateToken(app.Time.GetUtcNow());

    [Fact]
    public async Task Provisioning_records_the_attempt_and_starts_its_run()
    {
        var tenant = await app.Data.CreateTenantAsync();

        var answer = (await ProvisionAsync(tenant)).Expect(HttpStatusCode.Accepted);

        Assert.Equal($"/tenants/{tenant.Id}/provisioning", answer.Headers.Location!.OriginalString);
        Assert.Equal($"provision-tenant-{tenant.Id}", answer.GetString("workflowId"));
        var run = await DescribeAsync(tenant);
        Assert.Equal(("ProvisionTenant", answer.GetString("runId"), "tenant-provisioning"),
            (run.WorkflowType, run.RunId, run.TaskQueue));
        Assert.Equal(1, await run.Memo["attempt"].ToValueAsync<int>());
        var provisioning = (await app.GetAsync($"/tenants/{tenant.Id}/provisioning", OperatorToken)).Json;
        Assert.Equal(("RECORDED", 1, answer.GetString("runId")), (
            provisioning.GetProperty("attempt").GetProperty("state").GetString(),
            provisioning.GetProperty("attempt").GetProperty("number").GetInt32(),
            provisioning.GetProperty("attempt").GetProperty("runId").GetString()));
        // The worker writes the steps when the run begins.
        Assert.Empty(provisioning.GetProperty("steps").EnumerateArray());
    }

    [Fact]
    public async Task A_step_that_only_the_worker_knows_is_shown_as_it_stands()
    {
        var tenant = await app.Data.CreateTenantAsync();
        (await ProvisionAsync(tenant)).Expect(HttpStatusCode.Accepted);
        await fixture.Postgres.ExecuteAsync(
            """
            INSERT INTO provisioning_steps (tenant_id, attempt, position, step, title, state)
            VALUES ($1, 1, 1, 'feed-the-cat', NULL, 'DONE'), ($1, 1, 2, 'water-plants', 'Water Plants', 'RUNNING')
            """,
            Guid.Parse(tenant.Id));

        var steps = (await app.GetAsync($"/tenants/{tenant.Id}/provisioning", OperatorToken)).Json
            .GetProperty("steps");

        Assert.Equal(
            ["feed-the-cat feed-the-cat DONE", "water-plants Water Plants RUNNING"],
            steps.EnumerateArray().Select(step =>
                $"{step.GetProperty("step")} {step.GetProperty("name")} {step.GetProperty("state")}"));
    }

    [Fact]
    public async Task Fifty_equal_concurrent_calls_return_the_same_run()
    {
        var tenant = await app.Data.CreateTenantAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => ProvisionAsync(tenant)));

        Assert.Single(answers.Select(answer => answer.Expect(HttpStatusCode.Accepted).GetString("runId")).Distinct());
        Assert.Equal(1L, await CountAttemptsAsync(tenant));
    }

    [Fact]
    public async Task Of_two_concurrent_calls_with_different_bodies_one_is_refused()
    {
        var tenant = await app.Data.CreateTenantAsync();
        var other = TestData.Subscription(tenant.Id);
        other["id"] = "another-sub";

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i =>
            ProvisionAsync(tenant, i % 2 == 0 ? null : other)));

        Assert.Equal(5, answers.Count(answer => answer.Status == HttpStatusCode.Accepted));
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.Accepted),
            answer => answer.AssertProblem(409, "provisioning_differs"));
        Assert.Equal(1L, await CountAttemptsAsync(tenant));
    }

    [Fact]
    public async Task The_next_call_repairs_a_crash_between_record_and_start()
    {
        var tenant = await app.Data.CreateTenantAsync();
        // Temporal is unreachable: the attempt is recorded, and its run is not started.
        await using (var offline = fixture.StartApplication(("TEMPORAL_ADDRESS", "127.0.0.1:1")))
        {
            (await offline.PostAsync(
                $"/tenants/{tenant.Id}/provision", TestData.Subscription(tenant.Id), OperatorToken))
                .AssertProblem(503, "unavailable");
        }

        Assert.Equal(1L, await CountAttemptsAsync(tenant));

        var answer = (await ProvisionAsync(tenant)).Expect(HttpStatusCode.Accepted);

        Assert.Equal(answer.GetString("runId"), (await DescribeAsync(tenant)).RunId);
        Assert.Equal(1L, await CountAttemptsAsync(tenant));
    }

    // The original started its workflow before it wrote a row: a crash left a run without a record.
    [Fact]
    public async Task Defect_10_start_before_write_nothing_runs_for_an_attempt_that_is_not_recorded()
    {
        var tenant = await app.Data.CreateTenantAsync();
        await fixture.Postgres.ExecuteAsync(
            $"""
            CREATE FUNCTION refuse_{tenant.Key}() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN IF NEW.tenant_id = '{tenant.Id}' THEN RAISE 'refused'; END IF; RETURN NEW; END $$;
            CREATE TRIGGER refuse_{tenant.Key} BEFORE INSERT ON provisioning_attempts
            FOR EACH ROW EXECUTE FUNCTION refuse_{tenant.Key}()
            """);

        (await ProvisionAsync(tenant)).AssertProblem(500, "internal");

        var client = await fixture.ConnectTemporalAsync();
        await Assert.ThrowsAsync<Temporalio.Exceptions.RpcException>(() =>
            client.GetWorkflowHandle($"provision-tenant-{tenant.Id}").DescribeAsync());
        Assert.Equal(0L, await CountAttemptsAsync(tenant));
    }

    [Fact]
    public async Task A_second_attempt_waits_for_the_end_of_the_first_run()
    {
        var tenant = await app.Data.CreateTenantAsync();
        string first = (await ProvisionAsync(tenant)).Expect(HttpStatusCode.Accepted).GetString("runId");
        await EndAttemptAsync(tenant, TenantStatus.ProvisionFailed, "ROLLED_BACK");
        // The first attempt has ended and its run is still open while the second attempt is recorded.
        var second = ProvisionAsync(tenant);
        await AssertMore.EventuallyAsync(async () => Assert.Equal(2L, await CountAttemptsAsync(tenant)));

        var client = await fixture.ConnectTemporalAsync();
        await client.GetWorkflowHandle($"provision-tenant-{tenant.Id}", first).TerminateAsync("the first run ends");

        string runId = (await second).Expect(HttpStatusCode.Accepted).GetString("runId");
        var run = await DescribeAsync(tenant);
        Assert.NotEqual(first, runId);
        Assert.Equal(runId, run.RunId);
        Assert.Equal(2, await run.Memo["attempt"].ToValueAsync<int>());
    }

    // A caller that polls for an end state would stop at the PROVISION_FAILED of the attempt before.
    [Fact]
    public async Task A_recorded_attempt_has_a_state_of_its_own_everywhere()
    {
        var tenant = await app.Data.CreateTenantAsync();
        var first = (await ProvisionAsync(tenant)).Expect(HttpStatusCode.Accepted);
        Assert.Equal(["PROVISION_RECORDED"], await StatusesAsync(tenant));
        Assert.Equal("PROVISION_RECORDED", first.GetString("status"));
        await (await fixture.ConnectTemporalAsync()).GetWorkflowHandle($"provision-tenant-{tenant.Id}")
            .TerminateAsync("the first run ends");
        await EndAttemptAsync(tenant, TenantStatus.ProvisionFailed, "ROLLED_BACK");
        Assert.Equal(["PROVISION_FAILED"], await StatusesAsync(tenant));

        var second = (await ProvisionAsync(tenant)).Expect(HttpStatusCode.Accepted);

        Assert.Equal("PROVISION_RECORDED", second.GetString("status"));
        Assert.Equal(["PROVISION_RECORDED"], await StatusesAsync(tenant));
        Assert.Equal("PROVISION_RECORDED",
            (await ProvisionAsync(tenant)).Expect(HttpStatusCode.Accepted).GetString("status"));
    }

    [Fact]
    public async Task Waiting_for_a_run_that_does_not_end_times_out()
    {
        await using var isolated = fixture.StartApplication();
        var tenant = await isolated.Data.CreateTenantAsync();
        string bearer = fixture.Realm.CreateToken(isolated.Time.GetUtcNow());
        string path = $"/tenants/{tenant.Id}/provision";
        (await isolated.PostAsync(path, TestData.Subscription(tenant.Id), bearer)).Expect(HttpStatusCode.Accepted);
        await EndAttemptAsync(tenant, TenantStatus.ProvisionFailed, "ROLLED_BACK");
        var second = isolated.PostAsync(path, TestData.Subscription(tenant.Id), bearer);

        await AssertMore.EventuallyAsync(() =>
        {
            isolated.Time.Advance(TimeSpan.FromSeconds(21));
            Assert.True(second.IsCompleted);
            return Task.CompletedTask;
        });

        (await second).AssertProblem(503, "unavailable");
        Assert.Equal(2L, await CountAttemptsAsync(tenant));
    }

    [Fact]
    public async Task Provisioning_an_ACTIVE_tenant_returns_its_finished_run()
    {
        var tenant = await app.Data.CreateTenantAsync();
        string runId = (await ProvisionAsync(tenant)).GetString("runId");
        await EndAttemptAsync(tenant, TenantStatus.Active, "SUCCEEDED");

        var answer = (await ProvisionAsync(tenant)).Expect(HttpStatusCode.OK);

        Assert.Equal((runId, "ACTIVE"), (answer.GetString("runId"), answer.GetString("status")));
        Assert.Equal(1L, await CountAttemptsAsync(tenant));
    }

    [Fact]
    public async Task Another_plan_for_an_ACTIVE_tenant_is_refused()
    {
        var tenant = await app.Data.CreateTenantAsync();
        (await ProvisionAsync(tenant)).Expect(HttpStatusCode.Accepted);
        await EndAttemptAsync(tenant, TenantStatus.Active, "SUCCEEDED");
        var other = TestData.Subscription(tenant.Id);
        ((Dictionary<string, object?>)other["plan"]!)["tier"] = "standard";

        var refused = await ProvisionAsync(tenant, other);

        refused.AssertProblem(409, "provisioning_differs");
        Assert.StartsWith(
            "The tenant is ACTIVE with another subscription", refused.GetString("detail"), StringComparison.Ordinal);
        Assert.Equal(1L, await CountAttemptsAsync(tenant));
    }

    [Fact]
    public async Task After_a_failure_a_new_attempt_may_have_another_plan()
    {
        var tenant = await app.Data.CreateTenantAsync();
        (await ProvisionAsync(tenant)).Expect(HttpStatusCode.Accepted);
        await (await fixture.ConnectTemporalAsync()).GetWorkflowHandle($"provision-tenant-{tenant.Id}")
            .TerminateAsync("the first run ends");
        await EndAttemptAsync(tenant, TenantStatus.ProvisionFailed, "ROLLED_BACK");
        var other = TestData.Subscription(tenant.Id);
        other["plan"] = new Dictionary<string, object?>((Dictionary<string, object?>)other["plan"]!)
        {
            ["id"] = "plan-2",
            ["name"] = "Standard Plan",
            ["tier"] = "standard",
        };

        (await ProvisionAsync(tenant, other)).Expect(HttpStatusCode.Accepted);

        var shown = (await app.GetAsync($"/tenants/{tenant.Id}", OperatorToken)).Expect(HttpStatusCode.OK);
        Assert.Equal(("pooled", """{"id":"plan-2","name":"Standard Plan"}"""),
            (shown.GetString("tier"), shown.Json.GetProperty("plan").GetRawText()));
    }

    [Theory]
    [InlineData(TenantStatus.RollingBack, "ROLLING_BACK")]
    [InlineData(TenantStatus.RollbackIncomplete, "ROLLBACK_INCOMPLETE")]
    public async Task No_new_attempt_begins_before_the_rollback_is_complete(TenantStatus status, string attempt)
    {
        var tenant = await app.Data.CreateTenantAsync();
        (await ProvisionAsync(tenant)).Expect(HttpStatusCode.Accepted);
        await EndAttemptAsync(tenant, status, attempt);

        (await ProvisionAsync(tenant)).AssertProblem(409, "wrong_state");
        Assert.Equal(1L, await CountAttemptsAsync(tenant));
    }

    [Fact]
    public async Task A_call_after_14_days_expires_the_tenant()
    {
        await using var isolated = fixture.StartApplication();
        var tenant = await isolated.Data.CreateTenantAsync();
        isolated.Time.Advance(Tenant.PendingLifetime);

        (await isolated.PostAsync($"/tenants/{tenant.Id}/provision", TestData.Subscription(tenant.Id),
            fixture.Realm.CreateToken(isolated.Time.GetUtcNow()))).AssertProblem(409, "wrong_state");

        Assert.Equal("EXPIRED", await fixture.Postgres.ReadAsync<string>(
            "SELECT status FROM tenants WHERE id = $1", Guid.Parse(tenant.Id)));
        Assert.Equal(0L, await CountAttemptsAsync(tenant));
    }

    [Fact]
    public async Task A_tenant_whose_attempt_waits_for_a_worker_does_not_expire()
    {
        await using var isolated = fixture.StartApplication();
        var tenant = await isolated.Data.CreateTenantAsync();
        string path = $"/tenants/{tenant.Id}/provision";
        object body = TestData.Subscription(tenant.Id);
        (await isolated.PostAsync(path, body, fixture.Realm.CreateToken(isolated.Time.GetUtcNow())))
            .Expect(HttpStatusCode.Accepted);
        isolated.Time.Advance(Tenant.PendingLifetime);

        (await isolated.PostAsync(path, body, fixture.Realm.CreateToken(isolated.Time.GetUtcNow())))
            .Expect(HttpStatusCode.Accepted);
    }

    [Theory]
    [InlineData("subscriberId", "\"0197b0a1-0000-7000-8000-000000000001\"", "subscriberId")]
    [InlineData("id", "null", "id")]
    [InlineData("id", "1", "id")]
    [InlineData("status", "2", "status")]
    [InlineData("status", "\"1\"", "status")]
    [InlineData("status", "1e400", "status")]
    [InlineData("startDate", "\"9999-12-31T23:59:59Z\"", "startDate")]
    [InlineData("endDate", "\"2024-01-01T00:00:00Z\"", "endDate")]
    [InlineData("plan", "null", "plan")]
    [InlineData("plan", "{\"price\":1e400}", "plan.price")]
    [InlineData("plan", "{\"price\":\"999\"}", "plan.price")]
    [InlineData("plan", "\"enterprise\"", "plan")]
    public async Task An_invalid_subscription_is_refused_and_no_attempt_is_recorded(
        string field, string json, string expectedField)
    {
        var tenant = await app.Data.CreateTenantAsync();
        var body = TestData.Subscription(tenant.Id);
        body[field] = "REPLACED";
        string text = System.Text.Json.JsonSerializer.Serialize(body)
            .Replace("\"REPLACED\"", json, StringComparison.Ordinal);

        (await app.PostAsync($"/tenants/{tenant.Id}/provision", text, OperatorToken))
            .AssertProblem(400, "invalid_request", expectedField);
        Assert.Equal(0L, await CountAttemptsAsync(tenant));
    }

    [Theory]
    [InlineData("tier", "gold", "plan.tier")]
    [InlineData("price", -1, "plan.price")]
    [InlineData("name", "a\u0000b", "plan.name")]
    [InlineData("currencyId", "", "plan.currencyId")]
    public async Task An_invalid_plan_is_refused(string field, object value, string expectedField)
    {
        var tenant = await app.Data.CreateTenantAsync();
        var body = TestData.Subscription(tenant.Id);
        ((Dictionary<string, object?>)body["plan"]!)[field] = value;

        (await ProvisionAsync(tenant, body)).AssertProblem(400, "invalid_request", expectedField);
    }

    private Task<Answer> ProvisionAsync(TestTenant tenant, object? body = null) =>
        app.PostAsync($"/tenants/{tenant.Id}/provision", body ?? TestData.Subscription(tenant.Id), OperatorToken);

    // The distinct statuses in every answer that has one.
    private async Task<IEnumerable<string>> StatusesAsync(TestTenant tenant)
    {
        var single = await app.GetAsync($"/tenants/{tenant.Id}", OperatorToken);
        var progress = await app.GetAsync($"/tenants/{tenant.Id}/provisioning", OperatorToken);
        string status = single.Expect(HttpStatusCode.OK).GetString("status");
        var listed = await app.GetAsync($"/tenants?limit=200&status={status}", OperatorToken);
        var item = listed.Expect(HttpStatusCode.OK).Json.GetProperty("items").EnumerateArray()
            .Single(row => row.GetProperty("id").GetString() == tenant.Id);
        return ((string[])[status, progress.GetString("status"), item.GetProperty("status").GetString()!]).Distinct();
    }

    private Task<long> CountAttemptsAsync(TestTenant tenant) => fixture.Postgres.ReadAsync<long>(
        "SELECT count(*) FROM provisioning_attempts WHERE tenant_id = $1", Guid.Parse(tenant.Id));

    private async Task<Temporalio.Client.WorkflowExecutionDescription> DescribeAsync(TestTenant tenant) =>
        await (await fixture.ConnectTemporalAsync()).GetWorkflowHandle($"provision-tenant-{tenant.Id}").DescribeAsync();

    // Writes the rows that the worker writes at the end of a run.
    private async Task EndAttemptAsync(TestTenant tenant, TenantStatus status, string attempt)
    {
        await fixture.Postgres.ExecuteAsync(
            "UPDATE tenants SET status = $2 WHERE id = $1", Guid.Parse(tenant.Id), status.ToText());
        await fixture.Postgres.ExecuteAsync(
            "UPDATE provisioning_attempts SET state = $2 WHERE tenant_id = $1", Guid.Parse(tenant.Id), attempt);
    }
}
