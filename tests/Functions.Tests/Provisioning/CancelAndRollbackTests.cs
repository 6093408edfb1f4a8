using System.Net;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Testing;

namespace Functions.Tests.Provisioning;

/// <summary>No worker is there: a run that was started stays open, and does nothing.</summary>
public sealed class CancelAndRollbackTests(World world)
{
    private readonly FunctionsApplication app = world.Application;

    private string Operator => world.Realm.Token(app.Time.GetUtcNow());

    [Fact]
    public async Task Cancelling_says_at_once_that_it_rolls_back_and_asks_the_run_to_end()
    {
        var tenant = await app.Given.TenantAsync();
        string runId = (await CallAsync(tenant, "provision")).Value("runId");

        var answer = (await CallAsync(tenant, "provisioning/cancel")).Expect(HttpStatusCode.Accepted);

        Assert.Equal($"/tenants/{tenant.Id}/provisioning", answer.Headers.Location!.OriginalString);
        Assert.Equal((runId, "ROLLING_BACK"), (answer.Value("runId"), answer.Value("status")));
        var attempt = (await app.GetAsync($"/tenants/{tenant.Id}/provisioning", Operator)).Json.GetProperty("attempt");
        Assert.Equal(("ROLLING_BACK", "update-status", "cancelled", true), (
            attempt.GetProperty("state").GetString(),
            attempt.GetProperty("failedStep").GetString(),
            attempt.GetProperty("error").GetProperty("code").GetString(),
            attempt.GetProperty("cancelled").GetBoolean()));
        var history = await (await RunAsync(tenant)).FetchHistoryAsync();
        Assert.Contains(history.Events, e => e.EventType == EventType.WorkflowExecutionCancelRequested);
    }

    [Fact]
    public async Task Cancelling_twice_answers_the_same()
    {
        var tenant = await app.Given.TenantAsync();
        await CallAsync(tenant, "provision");
        string first = (await CallAsync(tenant, "provisioning/cancel")).Value("runId");

        var second = (await CallAsync(tenant, "provisioning/cancel")).Expect(HttpStatusCode.Accepted);

        Assert.Equal((first, "ROLLING_BACK"), (second.Value("runId"), second.Value("status")));
    }

    [Fact]
    public async Task A_tenant_that_was_never_provisioned_has_nothing_to_cancel_and_nothing_to_roll_back()
    {
        var tenant = await app.Given.TenantAsync();

        (await CallAsync(tenant, "provisioning/cancel")).IsProblem(409, "wrong_state");
        (await CallAsync(tenant, "provisioning/rollback")).IsProblem(409, "wrong_state");
    }

    [Fact]
    public async Task An_active_tenant_is_neither_cancelled_nor_rolled_back()
    {
        var tenant = await app.Given.TenantAsync();
        await CallAsync(tenant, "provision");
        await EndAttemptAsync(tenant, "ACTIVE", "SUCCEEDED");

        (await CallAsync(tenant, "provisioning/cancel")).IsProblem(409, "wrong_state");
        (await CallAsync(tenant, "provisioning/rollback")).IsProblem(409, "wrong_state");
    }

    [Fact]
    public async Task What_is_being_provisioned_is_not_rolled_back_but_cancelled()
    {
        var tenant = await app.Given.TenantAsync();
        await CallAsync(tenant, "provision");

        (await CallAsync(tenant, "provisioning/rollback")).IsProblem(409, "wrong_state");
    }

    [Fact]
    public async Task After_an_incomplete_rollback_a_run_of_the_rollback_alone_goes_on_under_the_same_id()
    {
        var tenant = await app.Given.TenantAsync();
        await CallAsync(tenant, "provision");
        await (await RunAsync(tenant)).TerminateAsync("it has ended");
        await EndAttemptAsync(tenant, "ROLLBACK_INCOMPLETE", "ROLLBACK_INCOMPLETE");

        var answer = (await CallAsync(tenant, "provisioning/rollback")).Expect(HttpStatusCode.Accepted);

        var run = await (await RunAsync(tenant)).DescribeAsync();
        Assert.Equal(("RollBackTenant", answer.Value("runId")), (run.WorkflowType, run.RunId));
        Assert.Equal(answer.Value("runId"), (await CallAsync(tenant, "provisioning/rollback")).Value("runId"));
    }

    [Fact]
    public async Task What_was_rolled_back_cleanly_says_so_and_starts_nothing()
    {
        var tenant = await app.Given.TenantAsync();
        await CallAsync(tenant, "provision");
        await (await RunAsync(tenant)).TerminateAsync("it has ended");
        await EndAttemptAsync(tenant, "PROVISION_FAILED", "ROLLED_BACK");

        var answer = (await CallAsync(tenant, "provisioning/rollback")).Expect(HttpStatusCode.OK);

        Assert.Equal("PROVISION_FAILED", answer.Value("status"));
        Assert.Equal(WorkflowExecutionStatus.Terminated, (await (await RunAsync(tenant)).DescribeAsync()).Status);
    }

    [Fact]
    public async Task Cancel_rollback_and_provision_at_once_leave_one_attempt_one_open_run_and_one_decision()
    {
        var tenant = await app.Given.TenantAsync();
        await CallAsync(tenant, "provision");

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => CallAsync(tenant,
            (i % 3) switch { 0 => "provisioning/cancel", 1 => "provisioning/rollback", _ => "provision" })));

        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.Accepted),
            answer => answer.IsProblem(409, "wrong_state"));
        Assert.Single(answers.Where(answer => answer.Status == HttpStatusCode.Accepted)
            .Select(answer => answer.Value("runId")).Distinct());
        Assert.Equal((1L, "ROLLING_BACK"), (
            await world.Postgres.ReadAsync<long>(
                "SELECT count(*) FROM provisioning_attempts WHERE tenant_id = $1", Guid.Parse(tenant.Id)),
            await world.Postgres.ReadAsync<string>("SELECT status FROM tenants WHERE id = $1", Guid.Parse(tenant.Id))));
    }

    [Theory]
    [InlineData("provisioning/cancel")]
    [InlineData("provisioning/rollback")]
    public async Task Both_are_for_operators_and_for_tenants_that_exist(string call)
    {
        var tenant = await app.Given.TenantAsync();
        var lead = await app.Given.VerifyAsync(tenant.Lead);

        (await app.PostAsync($"/tenants/{tenant.Id}/{call}", null)).IsProblem(401, "token_missing");
        (await app.PostAsync($"/tenants/{tenant.Id}/{call}", null, lead.Jwt)).IsProblem(401, "token_invalid");
        (await app.PostAsync($"/tenants/{Guid.Empty}/{call}", null, Operator)).IsProblem(404, "not_found");
    }

    [Theory]
    [InlineData("provisioning/cancel")]
    [InlineData("provisioning/rollback")]
    public async Task Without_Temporal_nothing_is_half_done(string call)
    {
        var tenant = await app.Given.TenantAsync();
        await CallAsync(tenant, "provision");
        await using var without = world.Start(("TEMPORAL_ADDRESS", "127.0.0.1:1"));

        (await without.PostAsync($"/tenants/{tenant.Id}/{call}", null, Operator)).IsProblem(503, "unavailable");

        Assert.Equal("RECORDED", await world.Postgres.ReadAsync<string>(
            "SELECT state FROM provisioning_attempts WHERE tenant_id = $1", Guid.Parse(tenant.Id)));
    }

    [Fact]
    public async Task Residue_without_a_worker_says_whom_to_ask_and_is_not_waited_for_without_bound()
    {
        await using var own = world.Start();
        var tenant = await own.Given.TenantAsync();
        var reading = own.GetAsync($"/tenants/{tenant.Id}/residue", world.Realm.Token(own.Time.GetUtcNow()));

        await AssertMore.EventuallyAsync(() =>
        {
            own.Time.Advance(TimeSpan.FromSeconds(61));
            Assert.True(reading.IsCompleted);
            return Task.CompletedTask;
        });

        (await reading).IsProblem(503, "unavailable");
    }

    [Fact]
    public async Task Residue_is_for_operators_and_for_tenants_that_exist()
    {
        var tenant = await app.Given.TenantAsync();

        (await app.GetAsync($"/tenants/{tenant.Id}/residue")).IsProblem(401, "token_missing");
        (await app.GetAsync($"/tenants/{Guid.Empty}/residue", Operator)).IsProblem(404, "not_found");
    }

    private Task<Answer> CallAsync(GivenTenant tenant, string call) => app.PostAsync(
        $"/tenants/{tenant.Id}/{call}", call == "provision" ? Given.Subscription(tenant.Id) : null, Operator);

    private async Task<WorkflowHandle> RunAsync(GivenTenant tenant) =>
        (await world.TemporalClientAsync()).GetWorkflowHandle($"provision-tenant-{tenant.Id}");

    // What the worker writes at the end of a run.
    private async Task EndAttemptAsync(GivenTenant tenant, string status, string attempt)
    {
        await world.Postgres.ExecuteAsync(
            "UPDATE tenants SET status = $2 WHERE id = $1", Guid.Parse(tenant.Id), status);
        await world.Postgres.ExecuteAsync(
            "UPDATE provisioning_attempts SET state = $2 WHERE tenant_id = $1", Guid.Parse(tenant.Id), attempt);
    }
}
