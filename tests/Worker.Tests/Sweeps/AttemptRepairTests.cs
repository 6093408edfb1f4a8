using ControlPlane.Provisioning;
using Microsoft.Extensions.DependencyInjection;
using Temporalio.Client;
using Testing;
using Worker.Saga;
using Worker.Tests.Support;

namespace Worker.Tests.Sweeps;

/// <summary>Attempts without a run, whose last change is older than the repair's minimum age.</summary>
public sealed class AttemptRepairTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    [Fact]
    public async Task An_attempt_that_was_recorded_and_never_started_is_started()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.RecordAttemptAsync(tenant);
        await AgeAsync(tenant);

        await fixture.RepairAsync();

        Assert.Equal("ACTIVE", (await SagaOf(tenant).GetResultAsync()).Outcome);
        Assert.Equal("ACTIVE", await fixture.StatusAsync(tenant));
    }

    [Fact]
    public async Task An_attempt_that_was_just_recorded_is_left_to_its_request()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.RecordAttemptAsync(tenant);

        await fixture.RepairAsync();

        Assert.Equal("RECORDED", (await fixture.ProgressAsync(tenant)).Attempt!.State);
    }

    [Theory]
    [InlineData("ProvisionStorage", "PROVISIONING")]
    [InlineData("DropDatabase", "ROLLING_BACK")]
    public async Task A_tenant_whose_run_was_terminated_is_rolled_back(string activity, string status)
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.TerminateAtAsync(tenant, activity);
        Assert.Equal(status, await fixture.StatusAsync(tenant));

        await AssertRepairRollsBackAsync(tenant);
    }

    [Fact]
    public async Task A_tenant_whose_run_is_missing_is_rolled_back()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.RecordAttemptAsync(tenant);
        await fixture.Services.GetRequiredService<ProvisioningTransitions>().BeginAsync(
            tenant.Id, 1, "no-such-run", fixture.Services.GetRequiredService<StepSwitches>().Plan,
            TestContext.Current.CancellationToken);
        await fixture.CreateObjectsAsync(tenant, tenant.MarkOf());

        await AssertRepairRollsBackAsync(tenant);
    }

    // Between the pivot and the mail: nothing may be rolled back, and the admin user waits for the invitation.
    [Fact]
    public async Task The_welcome_mail_of_a_live_tenant_whose_run_was_terminated_is_sent()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.TerminateAtAsync(tenant, "SendNotification");
        Assert.Equal("ACTIVE", await fixture.StatusAsync(tenant));
        await AgeAsync(tenant);

        await fixture.RepairAsync();

        await AssertMore.EventuallyAsync(async () =>
            Assert.Single(await fixture.Control.GetMailsAsync(tenant.SubscriberId)));
        await AssertMore.EventuallyAsync(async () => Assert.Equal("DONE",
            (await fixture.ProgressAsync(tenant)).Steps
                .Single(s => s.Step == "send-notification").State));
        await fixture.RepairAsync();
        Assert.Single(await fixture.Control.GetMailsAsync(tenant.SubscriberId));
    }

    [Fact]
    public async Task A_welcome_mail_is_left_to_a_run_that_still_sends_it()
    {
        var tenant = await fixture.GivenTenantAsync();
        var (run, resume) = await fixture.PauseAtAsync(tenant, "SendNotification");
        await AgeAsync(tenant);

        await fixture.RepairAsync();
        Assert.Empty(await fixture.Control.GetMailsAsync(tenant.SubscriberId));
        resume.SetResult();

        await run.GetResultAsync();
        Assert.Single(await fixture.Control.GetMailsAsync(tenant.SubscriberId));
    }

    [Fact]
    public async Task An_active_run_is_left_alone_however_long_it_takes()
    {
        var tenant = await fixture.GivenTenantAsync();
        var (run, resume) = await fixture.PauseAtAsync(tenant, "ProvisionStorage");
        await AgeAsync(tenant);

        await fixture.RepairAsync();
        Assert.Equal("PROVISIONING", await fixture.StatusAsync(tenant));
        resume.SetResult();

        Assert.Equal("ACTIVE", (await run.GetResultAsync()).Outcome);
    }

    [Fact]
    public async Task A_live_tenant_that_is_PROVISIONING_in_a_restored_database_is_only_reported()
    {
        var tenant = await fixture.GivenTenantAsync();
        await (await fixture.StartAsync(tenant)).GetResultAsync();
        string[] before = await fixture.Systems.ObjectsOfAsync(tenant);
        await SetStatusAsync(tenant, "PROVISIONING", "RUNNING");
        await AgeAsync(tenant);

        await fixture.RepairAsync();

        Assert.Equal(before, await fixture.Systems.ObjectsOfAsync(tenant));
        Assert.Equal("PROVISIONING", await fixture.StatusAsync(tenant));
        Assert.Contains(
            $"Critical SWEEP_CONTRADICTION tenant {tenant.Id}", fixture.Logs.Text, StringComparison.Ordinal);
        await SetStatusAsync(tenant, "ACTIVE", "SUCCEEDED");
    }

    [Fact]
    public async Task Concurrent_repairs_and_a_provision_request_start_one_run()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.RecordAttemptAsync(tenant);
        await AgeAsync(tenant);

        var provision = fixture.StartAsync(tenant);
        await Task.WhenAll(fixture.RepairAsync(), fixture.RepairAsync(), provision);

        Assert.Equal("ACTIVE", (await (await provision).GetResultAsync()).Outcome);
        Assert.Equal((1, "SUCCEEDED"), await AttemptAsync(tenant));
    }

    private async Task AssertRepairRollsBackAsync(TestTenant tenant)
    {
        await AgeAsync(tenant);

        await fixture.RepairAsync();

        await fixture.Temporal.GetWorkflowHandle<IRollBackTenantWorkflow, RollBackTenantResult>(
            IProvisionTenantWorkflow.WorkflowId(tenant.Id)).GetResultAsync();
        Assert.Equal("PROVISION_FAILED", await fixture.StatusAsync(tenant));
        Assert.Empty(await fixture.Systems.ObjectsOfAsync(tenant));
    }

    private async Task<(int, string)> AttemptAsync(TestTenant tenant)
    {
        var attempt = (await fixture.ProgressAsync(tenant)).Attempt!;
        return (attempt.Number, attempt.State);
    }

    private WorkflowHandle<IProvisionTenantWorkflow, ProvisionTenantResult> SagaOf(TestTenant tenant) =>
        fixture.Temporal.GetWorkflowHandle<IProvisionTenantWorkflow, ProvisionTenantResult>(
            IProvisionTenantWorkflow.WorkflowId(tenant.Id));

    private async Task SetStatusAsync(TestTenant tenant, string status, string state)
    {
        await fixture.Postgres.ExecuteAsync("UPDATE tenants SET status = $2 WHERE id = $1", tenant.Id, status);
        await fixture.Postgres.ExecuteAsync(
            "UPDATE provisioning_attempts SET state = $2 WHERE tenant_id = $1", tenant.Id, state);
    }

    /// <summary>Moves the last change of the tenant's row three minutes into the past.</summary>
    private Task<int> AgeAsync(TestTenant tenant) => fixture.Postgres.ExecuteAsync(
        "UPDATE tenants SET updated_at = $2 WHERE id = $1",
        tenant.Id, TimeProvider.System.GetUtcNow().AddMinutes(-3));
}
