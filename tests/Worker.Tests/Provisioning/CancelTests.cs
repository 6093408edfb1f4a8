using ControlPlane.Provisioning;
using Sandbox.Control;
using Temporalio.Client;
using Temporalio.Exceptions;
using Testing;
using Worker.Tests.Worlds;

namespace Worker.Tests.Provisioning;

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
        await world.StopWorkerAsync();
        var run = await world.StartAsync(tenant);
        await run.CancelAsync();

        await world.RestartWorkerAsync();

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

    private static async Task AssertCanceledAsync(WorkflowHandle run)
    {
        var failed = await Assert.ThrowsAsync<WorkflowFailedException>(() => run.GetResultAsync());
        Assert.IsType<CanceledFailureException>(failed.InnerException);
    }

    private async Task AssertRolledBackAsync(TestTenant tenant, string step)
    {
        Assert.Empty(await world.Systems.OfAsync(tenant));
        Assert.Equal("PROVISION_FAILED", await world.StatusAsync(tenant));
        var attempt = (await world.ProgressAsync(tenant)).Attempt!;
        Assert.Equal(step, attempt.FailedStep);
        Assert.True(attempt.Cancelled);
    }
}
