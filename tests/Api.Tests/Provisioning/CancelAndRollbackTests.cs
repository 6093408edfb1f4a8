using System.Net;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Testing;

namespace Api.Tests.Provisioning;

/// <summary>Tests without a worker: a started run stays open and makes no progress.</summary>
public sealed class CancelAndRollbackTests(ApiFixture fixture)
{
    private readonly ApiApplication app = fixture.Application;

    private string OperatorToken => fixture.Realm.CreateToken(app.Time.GetUtcNow());

    [Fact]
    public async Task Cancelling_sets_ROLLING_BACK_at_once_and_requests_cancellation_of_the_run()
    {
        var tenant = await app.Data.CreateTenantAsync();
        string runId = (await CallAsync(tenant, "provision")).GetString("runId");

        var answer = (await CallAsync(tenant, "provisioning/cancel")).Expect(HttpStatusCode.Accepted);

        Assert.Equal($"/tenants/{tenant.Id}/provisioning", answer.Headers.Location!.OriginalString);
        Assert.Equal((runId, "ROLLING_BACK"), (answer.GetString("runId"), answer.GetString("status")));
        var attempt = (await app.GetAsync($"/tenants/{tenant.Id}/provisioning", OperatorToken))
            .Json.GetProperty("attempt");
        // The worker names the failed step when its rollback begins: the run had not begun.
        Assert.Equal(("ROLLING_BACK", (string?)null, "cancelled", true), (
            attempt.GetProperty("state").GetString(),
            attempt.GetProperty("failedStep").GetString(),
            attempt.GetProperty("error").GetProperty("code").GetString(),
            attempt.GetProperty("cancelled").GetBoolean()));
        var history = await (await RunAsync(tenant)).FetchHistoryAsync();
        Assert.Contains(history.Events, e => e.EventType == EventType.WorkflowExecutionCancelRequested);
    }

    [Fact]
    public async Task Cancelling_twice_gives_the_same_answer()
    {
        var tenant = await app.Data.CreateTenantAsync();
        await CallAsync(tenant, "provision");
        string first = (await CallAsync(tenant, "provisioning/cancel")).GetString("runId");

        var second = (await CallAsync(tenant, "provisioning/cancel")).Expect(HttpStatusCode.Accepted);

        Assert.Equal((first, "ROLLING_BACK"), (second.GetString("runId"), second.GetString("status")));
    }

    [Fact]
    public async Task A_tenant_without_an_attempt_cannot_be_cancelled_or_rolled_back()
    {
        var tenant = await app.Data.CreateTenantAsync();

        (await CallAsync(tenant, "provisioning/cancel")).AssertProblem(409, "wrong_state");
        (await CallAsync(tenant, "provisioning/rollback")).AssertProblem(409, "wrong_state");
    }

    [Fact]
    public async Task An_ACTIVE_tenant_cannot_be_cancelled_or_rolled_back()
    {
        var tenant = await app.Data.CreateTenantAsync();
        await CallAsync(tenant, "provision");
        await EndAttemptAsync(tenant, "ACTIVE", "SUCCEEDED");

        (await CallAsync(tenant, "provisioning/cancel")).AssertProblem(409, "wrong_state");
        (await CallAsync(tenant, "provisioning/rollback")).AssertProblem(409, "wrong_state");
    }

    [Fact]
    public async Task A_running_attempt_cannot_be_rolled_back_without_cancelling()
    {
        var tenant = await app.Data.CreateTenantAsync();
        await CallAsync(tenant, "provision");

        (await CallAsync(tenant, "provisioning/rollback")).AssertProblem(409, "wrong_state");
    }

    [Fact]
    public async Task An_incomplete_rollback_is_resumed_by_a_rollback_run_with_the_same_workflow_id()
    {
        var tenant = await app.Data.CreateTenantAsync();
        await CallAsync(tenant, "provision");
        await (await RunAsync(tenant)).TerminateAsync("it has ended");
        await EndAttemptAsync(tenant, "ROLLBACK_INCOMPLETE", "ROLLBACK_INCOMPLETE");

        var answer = (await CallAsync(tenant, "provisioning/rollback")).Expect(HttpStatusCode.Accepted);

        var run = await (await RunAsync(tenant)).DescribeAsync();
        Assert.Equal(("RollBackTenant", answer.GetString("runId")), (run.WorkflowType, run.RunId));
        Assert.Equal(answer.GetString("runId"), (await CallAsync(tenant, "provisioning/rollback")).GetString("runId"));
    }

    [Fact]
    public async Task A_completed_rollback_is_returned_and_starts_no_run()
    {
        var tenant = await app.Data.CreateTenantAsync();
        await CallAsync(tenant, "provision");
        await (await RunAsync(tenant)).TerminateAsync("it has ended");
        await EndAttemptAsync(tenant, "PROVISION_FAILED", "ROLLED_BACK");

        var answer = (await CallAsync(tenant, "provisioning/rollback")).Expect(HttpStatusCode.OK);

        Assert.Equal("PROVISION_FAILED", answer.GetString("status"));
        Assert.Equal(WorkflowExecutionStatus.Terminated, (await (await RunAsync(tenant)).DescribeAsync()).Status);
    }

    [Fact]
    public async Task Concurrent_cancel_rollback_and_provision_leave_one_attempt_one_open_run_and_one_decision()
    {
        var tenant = await app.Data.CreateTenantAsync();
        await CallAsync(tenant, "provision");

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => CallAsync(tenant,
            (i % 3) switch { 0 => "provisioning/cancel", 1 => "provisioning/rollback", _ => "provision" })));

        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.Accepted),
            answer => answer.AssertProblem(409, "wrong_state"));
        Assert.Single(answers.Where(answer => answer.Status == HttpStatusCode.Accepted)
            .Select(answer => answer.GetString("runId")).Distinct());
        Assert.Equal((1L, "ROLLING_BACK"), (
            await fixture.Postgres.ReadAsync<long>(
                "SELECT count(*) FROM provisioning_attempts WHERE tenant_id = $1", Guid.Parse(tenant.Id)),
            await fixture.Postgres.ReadAsync<string>(
                "SELECT status FROM tenants WHERE id = $1", Guid.Parse(tenant.Id))));
    }

    [Theory]
    [InlineData("provisioning/cancel")]
    [InlineData("provisioning/rollback")]
    public async Task Both_require_an_operator_and_an_existing_tenant(string call)
    {
        var tenant = await app.Data.CreateTenantAsync();
        var lead = await app.Data.VerifyAsync(tenant.Lead);

        (await app.PostAsync($"/tenants/{tenant.Id}/{call}", null)).AssertProblem(401, "token_missing");
        (await app.PostAsync($"/tenants/{tenant.Id}/{call}", null, lead.Jwt)).AssertProblem(401, "token_invalid");
        (await app.PostAsync($"/tenants/{Guid.Empty}/{call}", null, OperatorToken)).AssertProblem(404, "not_found");
    }

    [Theory]
    [InlineData("provisioning/cancel")]
    [InlineData("provisioning/rollback")]
    public async Task Without_Temporal_nothing_is_written(string call)
    {
        var tenant = await app.Data.CreateTenantAsync();
        await CallAsync(tenant, "provision");
        await using var offline = fixture.StartApplication(("TEMPORAL_ADDRESS", "127.0.0.1:1"));

        (await offline.PostAsync($"/tenants/{tenant.Id}/{call}", null, OperatorToken))
            .AssertProblem(503, "unavailable");

        Assert.Equal("RECORDED", await fixture.Postgres.ReadAsync<string>(
            "SELECT state FROM provisioning_attempts WHERE tenant_id = $1", Guid.Parse(tenant.Id)));
    }

    [Fact]
    public async Task Reading_residue_without_a_worker_times_out()
    {
        await using var isolated = fixture.StartApplication();
        var tenant = await isolated.Data.CreateTenantAsync();
        var reading = isolated.GetAsync(
            $"/tenants/{tenant.Id}/residue", fixture.Realm.CreateToken(isolated.Time.GetUtcNow()));

        await AssertMore.EventuallyAsync(() =>
        {
            isolated.Time.Advance(TimeSpan.FromSeconds(61));
            Assert.True(reading.IsCompleted);
            return Task.CompletedTask;
        });

        (await reading).AssertProblem(503, "unavailable");
    }

    [Fact]
    public async Task Reading_residue_requires_an_operator_and_an_existing_tenant()
    {
        var tenant = await app.Data.CreateTenantAsync();

        (await app.GetAsync($"/tenants/{tenant.Id}/residue")).AssertProblem(401, "token_missing");
        (await app.GetAsync($"/tenants/{Guid.Empty}/residue", OperatorToken)).AssertProblem(404, "not_found");
    }

    private Task<Answer> CallAsync(TestTenant tenant, string call) => app.PostAsync(
        $"/tenants/{tenant.Id}/{call}", call == "provision" ? TestData.Subscription(tenant.Id) : null, OperatorToken);

    private async Task<WorkflowHandle> RunAsync(TestTenant tenant) =>
        (await fixture.ConnectTemporalAsync()).GetWorkflowHandle($"provision-tenant-{tenant.Id}");

    // Writes the rows that the worker writes at the end of a run.
    private async Task EndAttemptAsync(TestTenant tenant, string status, string attempt)
    {
        await fixture.Postgres.ExecuteAsync(
            "UPDATE tenants SET status = $2 WHERE id = $1", Guid.Parse(tenant.Id), status);
        await fixture.Postgres.ExecuteAsync(
            "UPDATE provisioning_attempts SET state = $2 WHERE tenant_id = $1", Guid.Parse(tenant.Id), attempt);
    }
}
