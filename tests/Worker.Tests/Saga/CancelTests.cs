using ControlPlane;
using ControlPlane.Provisioning;
using ControlPlane.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Sandbox.Control;
using Temporalio.Client;
using Temporalio.Exceptions;
using Testing;
using Worker.Tests.Support;

namespace Worker.Tests.Saga;

public sealed class CancelTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    [Fact]
    public async Task Cancelling_during_a_call_rolls_everything_back()
    {
        var tenant = await fixture.GivenTenantAsync();
        await using var fault = await fixture.Control.SetFaultAsync(new FaultRule
        {
            System = "s3",
            Path = $"/{tenant.Resources.Bucket}*",
            Kind = FaultKind.Hang,
        });
        var run = await fixture.StartAsync(tenant);
        await fault.WaitForHitsAsync();

        await run.CancelAsync();

        await AssertCanceledAsync(run);
        await AssertRolledBackAsync(tenant, "provision-storage");
    }

    [Fact]
    public async Task Cancelling_between_two_tries_rolls_everything_back()
    {
        var tenant = await fixture.GivenTenantAsync();
        await using var fault = await fixture.Control.SetFaultAsync(new FaultRule
        {
            System = "s3",
            Path = $"/{tenant.Resources.Bucket}*",
        });
        WorkflowHandle run;
        using (fixture.StopClock())
        {
            run = await fixture.StartAsync(tenant);
            var step = await AssertMore.EventuallyAsync(
                async () => (await fixture.ProgressAsync(tenant)).Steps.Single(s => s.Step == "provision-storage"),
                s => s.State == "WAITING");
            Assert.NotNull(step.NextTryAt);
            Assert.Equal("unavailable", step.ErrorCode);

            await run.CancelAsync();
        }

        await AssertCanceledAsync(run);
        await AssertRolledBackAsync(tenant, "provision-storage");
    }

    [Fact]
    public async Task Cancelling_before_the_first_step_leaves_nothing()
    {
        var tenant = await fixture.GivenTenantAsync();
        WorkflowHandle run;
        await using (await fixture.StopWorkerAsync())
        {
            run = await fixture.StartAsync(tenant);
            await run.CancelAsync();
        }

        await AssertCanceledAsync(run);
        await AssertRolledBackAsync(tenant, "update-status");
    }

    [Fact]
    public async Task A_cancel_during_the_activation_has_no_effect()
    {
        var tenant = await fixture.GivenTenantAsync();
        var active = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        fixture.Hooks.After("ActivateTenant", tenant, () =>
        {
            active.TrySetResult();
            return cancelled.Task;
        });
        var run = await fixture.StartAsync(tenant);
        await active.Task;

        await run.CancelAsync();
        cancelled.SetResult();

        Assert.Equal("ACTIVE", (await run.GetResultAsync()).Outcome);
        Assert.Equal("ACTIVE", await fixture.StatusAsync(tenant));
        Assert.Single(await fixture.Control.GetMailsAsync(tenant.SubscriberId));
        Assert.All((await fixture.ProgressAsync(tenant)).Steps, step => Assert.Null(step.UndoState));
    }

    [Theory]
    [InlineData("CreateIdp", "create-idp")]
    [InlineData("ProvisionStorage", "provision-storage")]
    [InlineData("ActivateTenant", "activate-tenant")]
    public async Task An_operators_cancel_before_the_pivot_rolls_everything_back(string activity, string step)
    {
        var tenant = await fixture.GivenTenantAsync();
        var (run, resume) = await fixture.PauseAtAsync(tenant, activity);

        var cancelled = await fixture.CancelAsync(tenant);

        Assert.Equal((run.RunId, TenantStatus.RollingBack), (cancelled.RunId, cancelled.Status));
        Assert.Equal("ROLLING_BACK", await fixture.StatusAsync(tenant));
        resume.SetResult();
        await AssertCanceledAsync(run);
        await AssertRolledBackAsync(tenant, step);
        Assert.Equal("cancelled", (await fixture.ProgressAsync(tenant)).Steps.Single(s => s.Step == step).ErrorCode);
    }

    [Fact]
    public async Task An_operators_cancel_after_the_pivot_is_refused()
    {
        var tenant = await fixture.GivenTenantAsync();
        var (run, resume) = await fixture.PauseAtAsync(tenant, "SendNotification");

        var refused = await Assert.ThrowsAsync<ControlPlaneException>(() => fixture.CancelAsync(tenant));

        Assert.Equal(ErrorCode.WrongState, refused.Code);
        resume.SetResult();
        Assert.Equal("ACTIVE", (await run.GetResultAsync()).Outcome);
        Assert.Equal("ACTIVE", await fixture.StatusAsync(tenant));
    }

    [Fact]
    public async Task Cancelling_during_the_rollback_changes_nothing()
    {
        var tenant = await fixture.GivenTenantAsync();
        fixture.Refuse("CreateResources", tenant);
        var (run, resume) = await fixture.PauseAtAsync(tenant, "DropDatabase");

        var cancelled = await fixture.CancelAsync(tenant);

        Assert.Equal(run.RunId, cancelled.RunId);
        resume.SetResult();
        var failed = await Assert.ThrowsAsync<WorkflowFailedException>(() => run.GetResultAsync());
        Assert.IsType<ApplicationFailureException>(failed.InnerException);
        Assert.False((await fixture.ProgressAsync(tenant)).Attempt!.Cancelled);
    }

    [Fact]
    public async Task Cancelling_a_tenant_whose_run_was_terminated_rolls_everything_back()
    {
        var tenant = await fixture.GivenTenantAsync();
        var (run, resume) = await fixture.PauseAtAsync(tenant, "CreateResources");
        await run.TerminateAsync();

        var cancelled = await fixture.CancelAsync(tenant);

        resume.SetResult();
        Assert.NotEqual(run.RunId, cancelled.RunId);
        Assert.Equal("PROVISION_FAILED", (await fixture.RollbackRun(tenant, cancelled).GetResultAsync()).Outcome);
        await AssertRolledBackAsync(tenant, "create-resources");
    }

    [Fact]
    public async Task Cancelling_an_attempt_that_was_recorded_and_never_started_ends_it()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.RecordAttemptAsync(tenant);

        var cancelled = await fixture.CancelAsync(tenant);

        Assert.Equal("PROVISION_FAILED", (await fixture.RollbackRun(tenant, cancelled).GetResultAsync()).Outcome);
        await AssertRolledBackAsync(tenant, "update-status");
        var again = await fixture.CancelAsync(tenant);
        Assert.Equal((cancelled.RunId, true), (again.RunId, again.IsFinished));
    }

    // The cancel is faster than the attempt's run, which finds ROLLING_BACK in its first step.
    [Fact]
    public async Task A_run_that_begins_after_the_cancel_of_its_attempt_rolls_everything_back()
    {
        var tenant = await fixture.GivenTenantAsync();
        var (run, resume) = await fixture.PauseAtAsync(tenant, "UpdateStatus");
        await fixture.Services.GetRequiredService<ProvisioningTransitions>().BeginRollbackAsync(
            tenant.Id, 1, ProvisioningFailure.Cancel("update-status"),
            TestContext.Current.CancellationToken);

        resume.SetResult();

        var failed = await Assert.ThrowsAsync<WorkflowFailedException>(() => run.GetResultAsync());
        Assert.Equal("cancelled", Assert.IsType<ApplicationFailureException>(failed.InnerException).ErrorType);
        await AssertRolledBackAsync(tenant, "update-status");
    }

    private static async Task AssertCanceledAsync(WorkflowHandle run)
    {
        var failed = await Assert.ThrowsAsync<WorkflowFailedException>(() => run.GetResultAsync());
        Assert.IsType<CanceledFailureException>(failed.InnerException);
    }

    private async Task AssertRolledBackAsync(TestTenant tenant, string step)
    {
        Assert.Empty(await fixture.Systems.ObjectsOfAsync(tenant));
        Assert.Equal("PROVISION_FAILED", await fixture.StatusAsync(tenant));
        Assert.NotNull((await fixture.ProgressAsync(tenant)).Attempt!.ResidueReadAt);
        var attempt = (await fixture.ProgressAsync(tenant)).Attempt!;
        Assert.Equal(step, attempt.FailedStep);
        Assert.True(attempt.Cancelled);
    }
}
