using ControlPlane.Provisioning;
using Microsoft.Extensions.DependencyInjection;
using Temporalio.Client;
using Testing;
using Worker.Saga;
using Worker.Tests.Support;

namespace Worker.Tests.Sweeps;

/// <summary>Attempts that no run looks after, each in a time of its own longer than the sweep's minimum age.</summary>
public sealed class AttemptRepairTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    [Fact]
    public async Task An_attempt_that_was_recorded_and_never_started_is_started()
    {
        var tenant = await world.GivenTenantAsync();
        await world.RecordAttemptAsync(tenant);
        await AgeAsync(tenant);

        await world.SweepAsync();

        Assert.Equal("ACTIVE", (await SagaOf(tenant).GetResultAsync()).Outcome);
        Assert.Equal("ACTIVE", await world.StatusAsync(tenant));
    }

    [Fact]
    public async Task One_that_was_recorded_a_moment_ago_is_left_to_who_recorded_it()
    {
        var tenant = await world.GivenTenantAsync();
        await world.RecordAttemptAsync(tenant);

        await world.SweepAsync();

        Assert.Equal("RECORDED", (await world.ProgressAsync(tenant)).Attempt!.State);
    }

    [Theory]
    [InlineData("ProvisionStorage", "PROVISIONING")]
    [InlineData("DropDatabase", "ROLLING_BACK")]
    public async Task A_tenant_whose_run_was_terminated_is_rolled_back(string activity, string status)
    {
        var tenant = await world.GivenTenantAsync();
        await world.TerminateAtAsync(tenant, activity);
        Assert.Equal(status, await world.StatusAsync(tenant));

        await AssertSweepRollsBackAsync(tenant);
    }

    [Fact]
    public async Task A_tenant_whose_run_is_missing_is_rolled_back()
    {
        var tenant = await world.GivenTenantAsync();
        await world.RecordAttemptAsync(tenant);
        await world.Services.GetRequiredService<ProvisioningTransitions>().BeginAsync(
            tenant.Id, 1, "no-such-run", world.Services.GetRequiredService<StepSwitches>().Off,
            TestContext.Current.CancellationToken);
        await world.PlantAsync(tenant, tenant.MarkOf());

        await AssertSweepRollsBackAsync(tenant);
    }

    // Between the pivot and the mail: nothing may be rolled back, and somebody waits for the invitation.
    [Fact]
    public async Task The_welcome_mail_of_a_live_tenant_whose_run_was_terminated_is_sent()
    {
        var tenant = await world.GivenTenantAsync();
        await world.TerminateAtAsync(tenant, "SendNotification");
        Assert.Equal("ACTIVE", await world.StatusAsync(tenant));
        await AgeAsync(tenant);

        await world.SweepAsync();

        await AssertMore.EventuallyAsync(async () =>
            Assert.Single(await world.Control.MailsAsync(tenant.SubscriberId)));
        await AssertMore.EventuallyAsync(async () => Assert.Equal("DONE",
            (await world.ProgressAsync(tenant)).Steps.Single(s => s.Step == ProvisioningSteps.SendNotification).State));
        await world.SweepAsync();
        Assert.Single(await world.Control.MailsAsync(tenant.SubscriberId));
    }

    [Fact]
    public async Task A_welcome_mail_that_a_run_still_tries_to_send_is_left_to_it()
    {
        var tenant = await world.GivenTenantAsync();
        var (run, go) = await world.HoldAsync(tenant, "SendNotification");
        await AgeAsync(tenant);

        await world.SweepAsync();
        Assert.Empty(await world.Control.MailsAsync(tenant.SubscriberId));
        go.SetResult();

        await run.GetResultAsync();
        Assert.Single(await world.Control.MailsAsync(tenant.SubscriberId));
    }

    [Fact]
    public async Task A_run_that_is_at_work_is_left_alone_however_long_it_takes()
    {
        var tenant = await world.GivenTenantAsync();
        var (run, go) = await world.HoldAsync(tenant, "ProvisionStorage");
        await AgeAsync(tenant);

        await world.SweepAsync();
        Assert.Equal("PROVISIONING", await world.StatusAsync(tenant));
        go.SetResult();

        Assert.Equal("ACTIVE", (await run.GetResultAsync()).Outcome);
    }

    [Fact]
    public async Task A_live_tenant_of_which_a_restored_database_says_that_it_is_provisioned_is_left_alone_and_told()
    {
        var tenant = await world.GivenTenantAsync();
        await (await world.StartAsync(tenant)).GetResultAsync();
        string[] before = await world.Systems.OfAsync(tenant);
        await SetAsync(tenant, "PROVISIONING", "RUNNING");
        await AgeAsync(tenant);

        await world.SweepAsync();

        Assert.Equal(before, await world.Systems.OfAsync(tenant));
        Assert.Equal("PROVISIONING", await world.StatusAsync(tenant));
        Assert.Contains(
            $"Critical SWEEP_CONTRADICTION tenant {tenant.Id}", world.Logs.Text, StringComparison.Ordinal);
        await SetAsync(tenant, "ACTIVE", "SUCCEEDED");
    }

    [Fact]
    public async Task Two_sweeps_and_a_provision_at_once_start_one_run()
    {
        var tenant = await world.GivenTenantAsync();
        await world.RecordAttemptAsync(tenant);
        await AgeAsync(tenant);

        var provision = world.StartAsync(tenant);
        await Task.WhenAll(world.SweepAsync(), world.SweepAsync(), provision);

        Assert.Equal("ACTIVE", (await (await provision).GetResultAsync()).Outcome);
        Assert.Equal((1, "SUCCEEDED"), await AttemptAsync(tenant));
    }

    private async Task AssertSweepRollsBackAsync(TestTenant tenant)
    {
        await AgeAsync(tenant);

        await world.SweepAsync();

        await world.Temporal.GetWorkflowHandle<IRollBackTenantWorkflow, RollBackTenantResult>(
            IProvisionTenantWorkflow.WorkflowId(tenant.Id)).GetResultAsync();
        Assert.Equal("PROVISION_FAILED", await world.StatusAsync(tenant));
        Assert.Empty(await world.Systems.OfAsync(tenant));
    }

    private async Task<(int, string)> AttemptAsync(TestTenant tenant)
    {
        var attempt = (await world.ProgressAsync(tenant)).Attempt!;
        return (attempt.Number, attempt.State);
    }

    private WorkflowHandle<IProvisionTenantWorkflow, ProvisionTenantResult> SagaOf(TestTenant tenant) =>
        world.Temporal.GetWorkflowHandle<IProvisionTenantWorkflow, ProvisionTenantResult>(
            IProvisionTenantWorkflow.WorkflowId(tenant.Id));

    private async Task SetAsync(TestTenant tenant, string status, string state)
    {
        await world.Postgres.ExecuteAsync("UPDATE tenants SET status = $2 WHERE id = $1", tenant.Id, status);
        await world.Postgres.ExecuteAsync(
            "UPDATE provisioning_attempts SET state = $2 WHERE tenant_id = $1", tenant.Id, state);
    }

    /// <summary>The last change of its row is three minutes ago.</summary>
    private Task<int> AgeAsync(TestTenant tenant) => world.Postgres.ExecuteAsync(
        "UPDATE tenants SET updated_at = $2 WHERE id = $1",
        tenant.Id, TimeProvider.System.GetUtcNow().AddMinutes(-3));
}
