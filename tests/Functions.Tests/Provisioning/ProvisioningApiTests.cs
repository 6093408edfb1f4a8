using System.Net;
using ControlPlane.Tenants;
using Testing;

namespace Functions.Tests.Provisioning;

public sealed class ProvisioningApiTests(World world)
{
    private readonly FunctionsApplication app = world.Application;

    private string Operator => world.Realm.Token(app.Time.GetUtcNow());

    [Fact]
    public async Task Provisioning_records_the_attempt_and_starts_its_run()
    {
        var tenant = await app.Given.TenantAsync();

        var answer = (await ProvisionAsync(tenant)).Expect(HttpStatusCode.Accepted);

        Assert.Equal($"/tenants/{tenant.Id}/provisioning", answer.Headers.Location!.OriginalString);
        Assert.Equal($"provision-tenant-{tenant.Id}", answer.Value("workflowId"));
        var run = await DescribeAsync(tenant);
        Assert.Equal(("ProvisionTenant", answer.Value("runId"), "tenant-provisioning"),
            (run.WorkflowType, run.RunId, run.TaskQueue));
        Assert.Equal(1, await run.Memo["attempt"].ToValueAsync<int>());
        var provisioning = (await app.GetAsync($"/tenants/{tenant.Id}/provisioning", Operator)).Json;
        Assert.Equal(("RECORDED", 1, answer.Value("runId")), (
            provisioning.GetProperty("attempt").GetProperty("state").GetString(),
            provisioning.GetProperty("attempt").GetProperty("number").GetInt32(),
            provisioning.GetProperty("attempt").GetProperty("runId").GetString()));
        // The worker writes the steps when the run begins.
        Assert.Empty(provisioning.GetProperty("steps").EnumerateArray());
    }

    [Fact]
    public async Task Of_50_equal_calls_at_once_all_find_the_same_run()
    {
        var tenant = await app.Given.TenantAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => ProvisionAsync(tenant)));

        Assert.Single(answers.Select(answer => answer.Expect(HttpStatusCode.Accepted).Value("runId")).Distinct());
        Assert.Equal(1L, await CountAttemptsAsync(tenant));
    }

    [Fact]
    public async Task Of_two_different_bodies_that_race_one_is_refused()
    {
        var tenant = await app.Given.TenantAsync();
        var other = Given.Subscription(tenant.Id);
        other["id"] = "another-sub";

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i =>
            ProvisionAsync(tenant, i % 2 == 0 ? null : other)));

        Assert.Equal(5, answers.Count(answer => answer.Status == HttpStatusCode.Accepted));
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.Accepted),
            answer => answer.IsProblem(409, "provisioning_differs"));
        Assert.Equal(1L, await CountAttemptsAsync(tenant));
    }

    [Fact]
    public async Task A_crash_between_record_and_start_is_repaired_by_the_next_call()
    {
        var tenant = await app.Given.TenantAsync();
        // Nothing listens there: the attempt is recorded, its run is not started.
        await using (var without = world.Start(("TEMPORAL_ADDRESS", "127.0.0.1:1")))
        {
            (await without.PostAsync($"/tenants/{tenant.Id}/provision", Given.Subscription(tenant.Id), Operator))
                .IsProblem(503, "unavailable");
        }

        Assert.Equal(1L, await CountAttemptsAsync(tenant));

        var answer = (await ProvisionAsync(tenant)).Expect(HttpStatusCode.Accepted);

        Assert.Equal(answer.Value("runId"), (await DescribeAsync(tenant)).RunId);
        Assert.Equal(1L, await CountAttemptsAsync(tenant));
    }

    // The original started its workflow before it had written anything: a crash left a run that nobody knew of.
    [Fact]
    public async Task Defect_10_start_before_write_nothing_runs_for_an_attempt_that_is_not_recorded()
    {
        var tenant = await app.Given.TenantAsync();
        await world.Postgres.ExecuteAsync(
            $"""
            CREATE FUNCTION refuse_{tenant.Key}() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN IF NEW.tenant_id = '{tenant.Id}' THEN RAISE 'refused'; END IF; RETURN NEW; END $$;
            CREATE TRIGGER refuse_{tenant.Key} BEFORE INSERT ON provisioning_steps
            FOR EACH ROW EXECUTE FUNCTION refuse_{tenant.Key}()
            """);

        (await ProvisionAsync(tenant)).IsProblem(500, "internal");

        var client = await world.TemporalClientAsync();
        await Assert.ThrowsAsync<Temporalio.Exceptions.RpcException>(() =>
            client.GetWorkflowHandle($"provision-tenant-{tenant.Id}").DescribeAsync());
        Assert.Equal(0L, await CountAttemptsAsync(tenant));
    }

    [Fact]
    public async Task A_second_attempt_is_not_swallowed_by_the_first_run()
    {
        var tenant = await app.Given.TenantAsync();
        string first = (await ProvisionAsync(tenant)).Expect(HttpStatusCode.Accepted).Value("runId");
        await EndAttemptAsync(tenant, TenantStatus.ProvisionFailed, "ROLLED_BACK");
        // The first run has said so and is still open; the second attempt is recorded meanwhile.
        var second = ProvisionAsync(tenant);
        await AssertMore.EventuallyAsync(async () => Assert.Equal(2L, await CountAttemptsAsync(tenant)));

        var client = await world.TemporalClientAsync();
        await client.GetWorkflowHandle($"provision-tenant-{tenant.Id}", first).TerminateAsync("the first run ends");

        string runId = (await second).Expect(HttpStatusCode.Accepted).Value("runId");
        var run = await DescribeAsync(tenant);
        Assert.NotEqual(first, runId);
        Assert.Equal(runId, run.RunId);
        Assert.Equal(2, await run.Memo["attempt"].ToValueAsync<int>());
    }

    [Fact]
    public async Task A_run_that_does_not_end_is_not_waited_for_without_bound()
    {
        await using var own = world.Start();
        var tenant = await own.Given.TenantAsync();
        string bearer = world.Realm.Token(own.Time.GetUtcNow());
        string path = $"/tenants/{tenant.Id}/provision";
        (await own.PostAsync(path, Given.Subscription(tenant.Id), bearer)).Expect(HttpStatusCode.Accepted);
        await EndAttemptAsync(tenant, TenantStatus.ProvisionFailed, "ROLLED_BACK");
        var second = own.PostAsync(path, Given.Subscription(tenant.Id), bearer);

        await AssertMore.EventuallyAsync(() =>
        {
            own.Time.Advance(TimeSpan.FromSeconds(21));
            Assert.True(second.IsCompleted);
            return Task.CompletedTask;
        });

        (await second).IsProblem(503, "unavailable");
        Assert.Equal(2L, await CountAttemptsAsync(tenant));
    }

    [Fact]
    public async Task An_active_tenant_gives_its_finished_run()
    {
        var tenant = await app.Given.TenantAsync();
        string runId = (await ProvisionAsync(tenant)).Value("runId");
        await EndAttemptAsync(tenant, TenantStatus.Active, "SUCCEEDED");
        var other = Given.Subscription(tenant.Id);
        other["id"] = "another-sub";

        var answer = (await ProvisionAsync(tenant, other)).Expect(HttpStatusCode.OK);

        Assert.Equal((runId, "ACTIVE"), (answer.Value("runId"), answer.Value("status")));
        Assert.Equal(1L, await CountAttemptsAsync(tenant));
    }

    [Theory]
    [InlineData(TenantStatus.RollingBack, "ROLLING_BACK")]
    [InlineData(TenantStatus.RollbackIncomplete, "ROLLBACK_INCOMPLETE")]
    public async Task While_something_is_left_behind_there_is_no_new_attempt(TenantStatus status, string attempt)
    {
        var tenant = await app.Given.TenantAsync();
        (await ProvisionAsync(tenant)).Expect(HttpStatusCode.Accepted);
        await EndAttemptAsync(tenant, status, attempt);

        (await ProvisionAsync(tenant)).IsProblem(409, "wrong_state");
        Assert.Equal(1L, await CountAttemptsAsync(tenant));
    }

    [Fact]
    public async Task A_tenant_past_its_14_days_is_expired_by_the_call()
    {
        await using var own = world.Start();
        var tenant = await own.Given.TenantAsync();
        own.Time.Advance(Tenant.PendingLifetime);

        (await own.PostAsync($"/tenants/{tenant.Id}/provision", Given.Subscription(tenant.Id),
            world.Realm.Token(own.Time.GetUtcNow()))).IsProblem(409, "wrong_state");

        Assert.Equal("EXPIRED", await world.Postgres.ReadAsync<string>(
            "SELECT status FROM tenants WHERE id = $1", Guid.Parse(tenant.Id)));
        Assert.Equal(0L, await CountAttemptsAsync(tenant));
    }

    [Fact]
    public async Task A_tenant_whose_attempt_waits_for_a_worker_does_not_expire()
    {
        await using var own = world.Start();
        var tenant = await own.Given.TenantAsync();
        string path = $"/tenants/{tenant.Id}/provision";
        (await own.PostAsync(path, Given.Subscription(tenant.Id), world.Realm.Token(own.Time.GetUtcNow())))
            .Expect(HttpStatusCode.Accepted);
        own.Time.Advance(Tenant.PendingLifetime);

        (await own.PostAsync(path, Given.Subscription(tenant.Id), world.Realm.Token(own.Time.GetUtcNow())))
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
    public async Task A_subscription_that_is_wrong_is_refused_and_nothing_is_recorded(
        string field, string json, string named)
    {
        var tenant = await app.Given.TenantAsync();
        var body = Given.Subscription(tenant.Id);
        body[field] = "REPLACED";
        string text = System.Text.Json.JsonSerializer.Serialize(body)
            .Replace("\"REPLACED\"", json, StringComparison.Ordinal);

        (await app.PostAsync($"/tenants/{tenant.Id}/provision", text, Operator))
            .IsProblem(400, "invalid_request", named);
        Assert.Equal(0L, await CountAttemptsAsync(tenant));
    }

    [Theory]
    [InlineData("tier", "gold", "plan.tier")]
    [InlineData("price", -1, "plan.price")]
    [InlineData("name", "a\u0000b", "plan.name")]
    [InlineData("currencyId", "", "plan.currencyId")]
    public async Task A_plan_that_is_wrong_is_refused(string field, object value, string named)
    {
        var tenant = await app.Given.TenantAsync();
        var body = Given.Subscription(tenant.Id);
        ((Dictionary<string, object?>)body["plan"]!)[field] = value;

        (await ProvisionAsync(tenant, body)).IsProblem(400, "invalid_request", named);
    }

    private Task<Answer> ProvisionAsync(GivenTenant tenant, object? body = null) =>
        app.PostAsync($"/tenants/{tenant.Id}/provision", body ?? Given.Subscription(tenant.Id), Operator);

    private Task<long> CountAttemptsAsync(GivenTenant tenant) => world.Postgres.ReadAsync<long>(
        "SELECT count(*) FROM provisioning_attempts WHERE tenant_id = $1", Guid.Parse(tenant.Id));

    private async Task<Temporalio.Client.WorkflowExecutionDescription> DescribeAsync(GivenTenant tenant) =>
        await (await world.TemporalClientAsync()).GetWorkflowHandle($"provision-tenant-{tenant.Id}").DescribeAsync();

    // What the worker writes at the end of a run.
    private async Task EndAttemptAsync(GivenTenant tenant, TenantStatus status, string attempt)
    {
        await world.Postgres.ExecuteAsync(
            "UPDATE tenants SET status = $2 WHERE id = $1", Guid.Parse(tenant.Id), status.ToText());
        await world.Postgres.ExecuteAsync(
            "UPDATE provisioning_attempts SET state = $2 WHERE tenant_id = $1", Guid.Parse(tenant.Id), attempt);
    }
}
