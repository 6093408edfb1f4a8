using ControlPlane;
using ControlPlane.Provisioning;
using Sandbox.Control;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;
using Testing;
using Worker.Tests.Support;

namespace Worker.Tests.Saga;

/// <summary>
/// Going on with a rollback: after one that left something behind, and where no run is at it any more.
/// </summary>
public sealed class RollbackAgainTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    [Fact]
    public async Task What_was_left_behind_is_gone_after_the_next_rollback()
    {
        var tenant = await world.GivenTenantAsync();
        await using (await world.RefuseDeletingAsync(tenant))
        {
            await world.FailAfterAllStepsAsync(tenant);
        }

        Assert.Equal("ROLLBACK_INCOMPLETE", await world.StatusAsync(tenant));
        Assert.Equal(["bucket"], await world.Systems.OfAsync(tenant));

        var rollback = await world.RollBackAsync(tenant);

        var run = world.RollbackRun(tenant, rollback);
        Assert.Equal("PROVISION_FAILED", (await run.GetResultAsync()).Outcome);
        await AssertNothingIsLeftAsync(tenant);
        Assert.Equal(rollback.RunId, (await world.ProgressAsync(tenant)).Attempt!.RunId);
        world.Hooks.Clear();
        Assert.Equal("ACTIVE", (await (await world.StartAsync(tenant)).GetResultAsync()).Outcome);
    }

    [Fact]
    public async Task A_rollback_that_leaves_something_behind_again_is_no_success_and_can_be_gone_on_with()
    {
        var tenant = await world.GivenTenantAsync();
        await using (await world.RefuseDeletingAsync(tenant))
        {
            await world.FailAfterAllStepsAsync(tenant);

            var run = world.RollbackRun(tenant, await world.RollBackAsync(tenant));

            var failed = await Assert.ThrowsAsync<WorkflowFailedException>(() => run.GetResultAsync());
            var cause = Assert.IsType<ApplicationFailureException>(failed.InnerException);
            Assert.Equal("rollback_incomplete", cause.ErrorType);
            Assert.Equal("ROLLBACK_INCOMPLETE", await world.StatusAsync(tenant));
        }

        await world.RollbackRun(tenant, await world.RollBackAsync(tenant)).GetResultAsync();

        await AssertNothingIsLeftAsync(tenant);
    }

    [Fact]
    public async Task Rolling_back_what_has_been_rolled_back_does_nothing()
    {
        var tenant = await world.GivenTenantAsync();
        await world.FailAfterAllStepsAsync(tenant);
        // Its mail has a run of its own, which writes down that it was sent.
        await MailAsync(tenant);
        var attempt = (await world.ProgressAsync(tenant)).Attempt!;

        var rollback = await world.RollBackAsync(tenant);

        Assert.Equal((attempt.RunId, true), (rollback.RunId, rollback.IsFinished));
        Assert.Equivalent(attempt, (await world.ProgressAsync(tenant)).Attempt);
    }

    [Fact]
    public async Task A_run_that_has_ended_the_rollback_is_not_taken_for_the_one_that_goes_on_with_it()
    {
        var tenant = await world.GivenTenantAsync();
        var ended = new TaskCompletionSource();
        var close = new TaskCompletionSource();
        world.Hooks.After("EndRollback", tenant, () =>
        {
            ended.TrySetResult();
            return close.Task;
        });
        StartedRollback rollback;
        WorkflowHandle first;
        await using (await world.RefuseDeletingAsync(tenant))
        {
            world.Refuse("CreateResources", tenant);
            first = await world.StartAsync(tenant);
            await ended.Task;
            Assert.Equal("ROLLBACK_INCOMPLETE", await world.StatusAsync(tenant));
            var going = world.RollBackAsync(tenant);
            close.SetResult();
            rollback = await going;
        }

        Assert.NotEqual(first.RunId, rollback.RunId);
        await AssertEndsCleanAsync(tenant);
        // It was waited for, and not terminated to make room.
        var (before, after) = (
            await first.DescribeAsync(), await world.RollbackRun(tenant, rollback).DescribeAsync());
        Assert.Equal(WorkflowExecutionStatus.Failed, before.Status);
        Assert.True(before.CloseTime <= after.StartTime, $"{before.CloseTime} is after {after.StartTime}.");
    }

    [Theory]
    [InlineData("CreateIdp", "PROVISIONING")]
    [InlineData("CreateResources", "PROVISIONING")]
    [InlineData("ActivateTenant", "PROVISIONING")]
    [InlineData("DropDatabase", "ROLLING_BACK")]
    [InlineData("EndRollback", "ROLLING_BACK")]
    public async Task A_tenant_whose_run_was_terminated_is_rolled_back(string activity, string status)
    {
        var tenant = await world.GivenTenantAsync();
        await world.TerminateAtAsync(tenant, activity);
        Assert.Equal(status, await world.StatusAsync(tenant));

        var rollback = await world.RollBackAsync(tenant);

        Assert.Equal("PROVISION_FAILED", (await world.RollbackRun(tenant, rollback).GetResultAsync()).Outcome);
        await AssertNothingIsLeftAsync(tenant);
        var attempt = (await world.ProgressAsync(tenant)).Attempt!;
        Assert.Equal(status == "PROVISIONING" ? "run_lost" : "forbidden", attempt.ErrorCode);
    }

    [Fact]
    public async Task An_attempt_that_was_recorded_and_never_started_is_rolled_back()
    {
        var tenant = await world.GivenTenantAsync();
        await world.RecordAttemptAsync(tenant);

        var rollback = await world.RollBackAsync(tenant);

        Assert.Equal("PROVISION_FAILED", (await world.RollbackRun(tenant, rollback).GetResultAsync()).Outcome);
        await AssertNothingIsLeftAsync(tenant);
        Assert.Equal("ACTIVE", (await (await world.StartAsync(tenant)).GetResultAsync()).Outcome);
        Assert.Equal(2, (await world.ProgressAsync(tenant)).Attempt!.Number);
    }

    [Fact]
    public async Task A_run_that_provisions_is_not_rolled_back_under_its_feet()
    {
        var tenant = await world.GivenTenantAsync();
        var (run, go) = await world.HoldAsync(tenant, "ProvisionStorage");

        var refused = await Assert.ThrowsAsync<ControlPlaneException>(() => world.RollBackAsync(tenant));

        Assert.Equal(ErrorCode.WrongState, refused.Code);
        go.SetResult();
        Assert.Equal("ACTIVE", (await run.GetResultAsync()).Outcome);
    }

    [Fact]
    public async Task While_a_run_rolls_back_it_is_found_and_left_alone()
    {
        var tenant = await world.GivenTenantAsync();
        world.Refuse("CreateResources", tenant);
        var (run, go) = await world.HoldAsync(tenant, "DropDatabase");

        var rollbacks = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => world.RollBackAsync(tenant)));

        Assert.All(rollbacks, rollback => Assert.Equal(run.RunId, rollback.RunId));
        go.SetResult();
        await Assert.ThrowsAsync<WorkflowFailedException>(() => run.GetResultAsync());
        await AssertNothingIsLeftAsync(tenant);
    }

    // The second run of one attempt knows nothing of what the first one did: the systems tell it.
    [Fact]
    public async Task What_a_terminated_run_had_made_is_gone_when_the_run_that_took_its_place_fails()
    {
        var tenant = await world.GivenTenantAsync();
        await world.TerminateAtAsync(tenant, "CreateResources");
        world.Refuse("CreateIdp", tenant);

        var failure = await world.FailAsync(tenant);

        Assert.Equal(ProvisioningSteps.CreateIdp, failure.FailedStep);
        Assert.Equal(1, (await world.ProgressAsync(tenant)).Attempt!.Number);
        await AssertNothingIsLeftAsync(tenant);
    }

    [Fact]
    public async Task The_rollback_of_a_lower_attempt_touches_nothing()
    {
        var tenant = await world.GivenTenantAsync();
        await world.FailAfterAllStepsAsync(tenant);
        world.Hooks.Clear();
        await (await world.StartAsync(tenant)).GetResultAsync();
        var there = await world.Systems.OfAsync(tenant);

        var run = await world.Temporal.StartWorkflowAsync(
            (IRollBackTenantWorkflow workflow) => workflow.RunAsync(tenant.Attempt(1)),
            new WorkflowOptions(IProvisionTenantWorkflow.WorkflowId(tenant.Id), "tenant-provisioning"));

        Assert.Equal("STALE", (await run.GetResultAsync()).Outcome);
        Assert.Equal("ACTIVE", await world.StatusAsync(tenant));
        Assert.Equal(there, await world.Systems.OfAsync(tenant));
    }

    [Fact]
    public async Task An_active_tenant_is_not_rolled_back()
    {
        var tenant = await world.GivenTenantAsync();
        await (await world.StartAsync(tenant)).GetResultAsync();

        var refused = await Assert.ThrowsAsync<ControlPlaneException>(() => world.RollBackAsync(tenant));

        Assert.Equal(ErrorCode.WrongState, refused.Code);
        Assert.Equal("ACTIVE", await world.StatusAsync(tenant));
    }

    [Fact]
    public async Task The_failure_mail_is_sent_once_however_often_it_is_asked_for()
    {
        var tenant = await world.GivenTenantAsync();
        await world.FailAfterAllStepsAsync(tenant);
        await MailAsync(tenant);
        await using var sending = await world.Control.FaultAsync(new FaultRule
        {
            System = "novu",
            Path = "/v1/events/trigger",
            BodyContains = tenant.Id.ToString(),
        });

        var again = await world.Temporal.StartWorkflowAsync(
            (Worker.Mails.SendProvisioningFailedWorkflow workflow) => workflow.RunAsync(tenant.Attempt(1)),
            new WorkflowOptions($"again-{tenant.Id}", "tenant-provisioning"));
        await again.GetResultAsync();

        Assert.Equal(0, await sending.HitsAsync());
    }

    private async Task AssertEndsCleanAsync(TestTenant tenant)
    {
        await AssertMore.EventuallyAsync(() => world.StatusAsync(tenant), status => status == "PROVISION_FAILED");
        await AssertNothingIsLeftAsync(tenant);
    }

    private async Task AssertNothingIsLeftAsync(TestTenant tenant)
    {
        Assert.Equal("PROVISION_FAILED", await world.StatusAsync(tenant));
        Assert.Empty(await world.Systems.OfAsync(tenant));
        var attempt = (await world.ProgressAsync(tenant)).Attempt!;
        Assert.Equal("ROLLED_BACK", attempt.State);
        Assert.NotNull(attempt.ResidueReadAt);
        Assert.Equal(0, await world.Postgres.ReadAsync<long>(
            "SELECT count(*) FROM residue WHERE tenant_id = $1", tenant.Id));
        await MailAsync(tenant);
    }

    private async Task MailAsync(TestTenant tenant)
    {
        await world.Temporal.GetWorkflowHandle($"provisioning-failed-{tenant.Id}-1").GetResultAsync();
        Assert.Single(await world.Control.MailsAsync(tenant.SubscriberId));
    }
}
