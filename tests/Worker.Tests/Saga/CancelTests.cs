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

public sealed class CancelTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    [Fact]
    public async Task Cancelling_while_a_call_is_under_way_takes_everything_back()
    {
        var tenant = await world.GivenTenantAsync();
        await using var fault = await world.Control.FaultAsync(new FaultRule
        {
            System = "s3",
            Path = $"/{tenant.Resources.Bucket}*",
            Kind = FaultKind.Hang,
        });
        var run = await world.StartAsync(tenant);
        await fault.HitAsync();

        await run.CancelAsync();

        await AssertCanceledAsync(run);
        await AssertRolledBackAsync(tenant, ProvisioningSteps.ProvisionStorage);
    }

    [Fact]
    public async Task Cancelling_between_two_tries_takes_everything_back()
    {
        var tenant = await world.GivenTenantAsync();
        await using var fault = await world.Control.FaultAsync(new FaultRule
        {
            System = "s3",
            Path = $"/{tenant.Resources.Bucket}*",
        });
        WorkflowHandle run;
        using (world.StandStill())
        {
            run = await world.StartAsync(tenant);
            var step = await AssertMore.EventuallyAsync(
                async () => (await world.ProgressAsync(tenant)).Steps.Single(s => s.Step == "provision-storage"),
                s => s.State == "WAITING");
            Assert.NotNull(step.NextTryAt);
            Assert.Equal("unavailable", step.ErrorCode);

            await run.CancelAsync();
        }

        await AssertCanceledAsync(run);
        await AssertRolledBackAsync(tenant, ProvisioningSteps.ProvisionStorage);
    }

    [Fact]
    public async Task Cancelling_before_the_first_step_leaves_nothing()
    {
        var tenant = await world.GivenTenantAsync();
        WorkflowHandle run;
        await using (await world.StopWorkerAsync())
        {
            run = await world.StartAsync(tenant);
            await run.CancelAsync();
        }

        await AssertCanceledAsync(run);
        await AssertRolledBackAsync(tenant, ProvisioningSteps.UpdateStatus);
    }

    [Fact]
    public async Task A_cancel_that_comes_while_the_tenant_becomes_active_is_too_late()
    {
        var tenant = await world.GivenTenantAsync();
        var active = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        world.Hooks.After("ActivateTenant", tenant, () =>
        {
            active.TrySetResult();
            return cancelled.Task;
        });
        var run = await world.StartAsync(tenant);
        await active.Task;

        await run.CancelAsync();
        cancelled.SetResult();

        Assert.Equal("ACTIVE", (await run.GetResultAsync()).Outcome);
        Assert.Equal("ACTIVE", await world.StatusAsync(tenant));
        Assert.Single(await world.Control.MailsAsync(tenant.SubscriberId));
        Assert.All((await world.ProgressAsync(tenant)).Steps, step => Assert.Null(step.UndoState));
    }

    [Theory]
    [InlineData("CreateIdp", ProvisioningSteps.CreateIdp)]
    [InlineData("ProvisionStorage", ProvisioningSteps.ProvisionStorage)]
    [InlineData("ActivateTenant", ProvisioningSteps.ActivateTenant)]
    public async Task An_operators_cancel_before_the_pivot_takes_everything_back(string activity, string step)
    {
        var tenant = await world.GivenTenantAsync();
        var (run, go) = await world.HoldAsync(tenant, activity);

        var cancelled = await world.CancelAsync(tenant);

        Assert.Equal((run.RunId, TenantStatus.RollingBack), (cancelled.RunId, cancelled.Status));
        Assert.Equal("ROLLING_BACK", await world.StatusAsync(tenant));
        go.SetResult();
        await AssertCanceledAsync(run);
        await AssertRolledBackAsync(tenant, step);
        Assert.Equal("cancelled", (await world.ProgressAsync(tenant)).Steps.Single(s => s.Step == step).ErrorCode);
    }

    [Fact]
    public async Task An_operators_cancel_after_the_pivot_is_refused()
    {
        var tenant = await world.GivenTenantAsync();
        var (run, go) = await world.HoldAsync(tenant, "SendNotification");

        var refused = await Assert.ThrowsAsync<ControlPlaneException>(() => world.CancelAsync(tenant));

        Assert.Equal(ErrorCode.WrongState, refused.Code);
        go.SetResult();
        Assert.Equal("ACTIVE", (await run.GetResultAsync()).Outcome);
        Assert.Equal("ACTIVE", await world.StatusAsync(tenant));
    }

    [Fact]
    public async Task Cancelling_what_is_rolled_back_already_changes_nothing()
    {
        var tenant = await world.GivenTenantAsync();
        world.Refuse("CreateResources", tenant);
        var (run, go) = await world.HoldAsync(tenant, "DropDatabase");

        var cancelled = await world.CancelAsync(tenant);

        Assert.Equal(run.RunId, cancelled.RunId);
        go.SetResult();
        var failed = await Assert.ThrowsAsync<WorkflowFailedException>(() => run.GetResultAsync());
        Assert.IsType<ApplicationFailureException>(failed.InnerException);
        Assert.False((await world.ProgressAsync(tenant)).Attempt!.Cancelled);
    }

    [Fact]
    public async Task Cancelling_a_tenant_whose_run_was_terminated_takes_everything_back()
    {
        var tenant = await world.GivenTenantAsync();
        var (run, go) = await world.HoldAsync(tenant, "CreateResources");
        await run.TerminateAsync();

        var cancelled = await world.CancelAsync(tenant);

        go.SetResult();
        Assert.NotEqual(run.RunId, cancelled.RunId);
        Assert.Equal("PROVISION_FAILED", (await world.RollbackRun(tenant, cancelled).GetResultAsync()).Outcome);
        await AssertRolledBackAsync(tenant, ProvisioningSteps.CreateResources);
    }

    [Fact]
    public async Task Cancelling_an_attempt_that_was_recorded_and_never_started_ends_it()
    {
        var tenant = await world.GivenTenantAsync();
        await world.RecordAttemptAsync(tenant);

        var cancelled = await world.CancelAsync(tenant);

        Assert.Equal("PROVISION_FAILED", (await world.RollbackRun(tenant, cancelled).GetResultAsync()).Outcome);
        await AssertRolledBackAsync(tenant, ProvisioningSteps.UpdateStatus);
        var again = await world.CancelAsync(tenant);
        Assert.Equal((cancelled.RunId, true), (again.RunId, again.IsFinished));
    }

    // Somebody was faster than the attempt's run: it finds ROLLING_BACK in its first step.
    [Fact]
    public async Task A_run_that_begins_when_its_attempt_is_cancelled_takes_everything_back()
    {
        var tenant = await world.GivenTenantAsync();
        var (run, go) = await world.HoldAsync(tenant, "UpdateStatus");
        await world.Services.GetRequiredService<ProvisioningTransitions>().BeginRollbackAsync(
            tenant.Id, 1, ProvisioningFailure.Cancel(ProvisioningSteps.UpdateStatus),
            TestContext.Current.CancellationToken);

        go.SetResult();

        var failed = await Assert.ThrowsAsync<WorkflowFailedException>(() => run.GetResultAsync());
        Assert.Equal("cancelled", Assert.IsType<ApplicationFailureException>(failed.InnerException).ErrorType);
        await AssertRolledBackAsync(tenant, ProvisioningSteps.UpdateStatus);
    }

    private static async Task AssertCanceledAsync(WorkflowHandle run)
    {
        var failed = await Assert.ThrowsAsync<WorkflowFailedException>(() => run.GetResultAsync());
        Assert.IsType<CanceledFailureException>(failed.InnerException);
    }

    private async Task AssertRolledBackAsync(TestTenant tenant, string step)
    {
        Assert.Empty(await world.Systems.OfAsync(tenant));
        Assert.Equal("PROVISION_FAILED", await world.StatusAsync(tenant));
        Assert.NotNull((await world.ProgressAsync(tenant)).Attempt!.ResidueReadAt);
        var attempt = (await world.ProgressAsync(tenant)).Attempt!;
        Assert.Equal(step, attempt.FailedStep);
        Assert.True(attempt.Cancelled);
    }
}
