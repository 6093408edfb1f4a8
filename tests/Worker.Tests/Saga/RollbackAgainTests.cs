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
/// Resumed rollbacks: after one that left residue, and when no run executes the rollback any more.
/// </summary>
public sealed class RollbackAgainTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    [Fact]
    public async Task Residue_is_gone_after_the_next_rollback()
    {
        var tenant = await fixture.GivenTenantAsync();
        await using (await fixture.RefuseDeletingAsync(tenant))
        {
            await fixture.FailAfterAllStepsAsync(tenant);
        }

        Assert.Equal("ROLLBACK_INCOMPLETE", await fixture.StatusAsync(tenant));
        Assert.Equal(["bucket"], await fixture.Systems.ObjectsOfAsync(tenant));

        var rollback = await fixture.RollBackAsync(tenant);

        var run = fixture.RollbackRun(tenant, rollback);
        Assert.Equal("PROVISION_FAILED", (await run.GetResultAsync()).Outcome);
        await AssertNothingIsLeftAsync(tenant);
        Assert.Equal(rollback.RunId, (await fixture.ProgressAsync(tenant)).Attempt!.RunId);
        fixture.Hooks.Clear();
        Assert.Equal("ACTIVE", (await (await fixture.StartAsync(tenant)).GetResultAsync()).Outcome);
    }

    [Fact]
    public async Task A_rollback_that_leaves_residue_again_fails_and_can_be_resumed()
    {
        var tenant = await fixture.GivenTenantAsync();
        await using (await fixture.RefuseDeletingAsync(tenant))
        {
            await fixture.FailAfterAllStepsAsync(tenant);

            var run = fixture.RollbackRun(tenant, await fixture.RollBackAsync(tenant));

            var failed = await Assert.ThrowsAsync<WorkflowFailedException>(() => run.GetResultAsync());
            var cause = Assert.IsType<ApplicationFailureException>(failed.InnerException);
            Assert.Equal("rollback_incomplete", cause.ErrorType);
            Assert.Equal("ROLLBACK_INCOMPLETE", await fixture.StatusAsync(tenant));
        }

        await fixture.RollbackRun(tenant, await fixture.RollBackAsync(tenant)).GetResultAsync();

        await AssertNothingIsLeftAsync(tenant);
    }

    [Fact]
    public async Task Rolling_back_a_rolled_back_attempt_does_nothing()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.FailAfterAllStepsAsync(tenant);
        // The mail has its own run, which records that it was sent.
        await AssertOneMailAsync(tenant);
        var attempt = (await fixture.ProgressAsync(tenant)).Attempt!;

        var rollback = await fixture.RollBackAsync(tenant);

        Assert.Equal((attempt.RunId, true), (rollback.RunId, rollback.IsFinished));
        Assert.Equivalent(attempt, (await fixture.ProgressAsync(tenant)).Attempt);
    }

    [Fact]
    public async Task A_run_that_has_ended_its_rollback_is_not_mistaken_for_the_resumed_one()
    {
        var tenant = await fixture.GivenTenantAsync();
        var ended = new TaskCompletionSource();
        var close = new TaskCompletionSource();
        fixture.Hooks.After("EndRollback", tenant, () =>
        {
            ended.TrySetResult();
            return close.Task;
        });
        StartedRollback rollback;
        WorkflowHandle first;
        await using (await fixture.RefuseDeletingAsync(tenant))
        {
            fixture.Refuse("CreateResources", tenant);
            first = await fixture.StartAsync(tenant);
            await ended.Task;
            Assert.Equal("ROLLBACK_INCOMPLETE", await fixture.StatusAsync(tenant));
            var resuming = fixture.RollBackAsync(tenant);
            close.SetResult();
            rollback = await resuming;
        }

        Assert.NotEqual(first.RunId, rollback.RunId);
        await AssertEndsCleanAsync(tenant);
        // Status Failed: the first run ended by itself and was not terminated.
        var (before, after) = (
            await first.DescribeAsync(), await fixture.RollbackRun(tenant, rollback).DescribeAsync());
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
        var tenant = await fixture.GivenTenantAsync();
        await fixture.TerminateAtAsync(tenant, activity);
        Assert.Equal(status, await fixture.StatusAsync(tenant));

        var rollback = await fixture.RollBackAsync(tenant);

        Assert.Equal("PROVISION_FAILED", (await fixture.RollbackRun(tenant, rollback).GetResultAsync()).Outcome);
        await AssertNothingIsLeftAsync(tenant);
        var attempt = (await fixture.ProgressAsync(tenant)).Attempt!;
        Assert.Equal(status == "PROVISIONING" ? "run_lost" : "forbidden", attempt.ErrorCode);
    }

    [Fact]
    public async Task An_attempt_that_was_recorded_and_never_started_is_rolled_back()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.RecordAttemptAsync(tenant);

        var rollback = await fixture.RollBackAsync(tenant);

        Assert.Equal("PROVISION_FAILED", (await fixture.RollbackRun(tenant, rollback).GetResultAsync()).Outcome);
        await AssertNothingIsLeftAsync(tenant);
        Assert.Equal("ACTIVE", (await (await fixture.StartAsync(tenant)).GetResultAsync()).Outcome);
        Assert.Equal(2, (await fixture.ProgressAsync(tenant)).Attempt!.Number);
    }

    [Fact]
    public async Task A_running_attempt_is_not_rolled_back()
    {
        var tenant = await fixture.GivenTenantAsync();
        var (run, resume) = await fixture.PauseAtAsync(tenant, "ProvisionStorage");

        var refused = await Assert.ThrowsAsync<ControlPlaneException>(() => fixture.RollBackAsync(tenant));

        Assert.Equal(ErrorCode.WrongState, refused.Code);
        resume.SetResult();
        Assert.Equal("ACTIVE", (await run.GetResultAsync()).Outcome);
    }

    [Fact]
    public async Task Requests_during_a_rollback_return_its_run_and_change_nothing()
    {
        var tenant = await fixture.GivenTenantAsync();
        fixture.Refuse("CreateResources", tenant);
        var (run, resume) = await fixture.PauseAtAsync(tenant, "DropDatabase");

        var rollbacks = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => fixture.RollBackAsync(tenant)));

        Assert.All(rollbacks, rollback => Assert.Equal(run.RunId, rollback.RunId));
        resume.SetResult();
        await Assert.ThrowsAsync<WorkflowFailedException>(() => run.GetResultAsync());
        await AssertNothingIsLeftAsync(tenant);
    }

    // The second run of an attempt has no record of the first one's work: it reads the systems.
    [Fact]
    public async Task The_objects_of_a_terminated_run_are_gone_when_its_successor_fails()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.TerminateAtAsync(tenant, "CreateResources");
        fixture.Refuse("CreateIdp", tenant);

        var failure = await fixture.FailAsync(tenant);

        Assert.Equal("create-idp", failure.FailedStep);
        Assert.Equal(1, (await fixture.ProgressAsync(tenant)).Attempt!.Number);
        await AssertNothingIsLeftAsync(tenant);
    }

    [Fact]
    public async Task The_rollback_of_a_lower_attempt_touches_nothing()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.FailAfterAllStepsAsync(tenant);
        fixture.Hooks.Clear();
        await (await fixture.StartAsync(tenant)).GetResultAsync();
        var before = await fixture.Systems.ObjectsOfAsync(tenant);

        var run = await fixture.Temporal.StartWorkflowAsync(
            (IRollBackTenantWorkflow workflow) => workflow.RunAsync(tenant.Attempt(1)),
            new WorkflowOptions(IProvisionTenantWorkflow.WorkflowId(tenant.Id), "tenant-provisioning"));

        Assert.Equal("STALE", (await run.GetResultAsync()).Outcome);
        Assert.Equal("ACTIVE", await fixture.StatusAsync(tenant));
        Assert.Equal(before, await fixture.Systems.ObjectsOfAsync(tenant));
    }

    [Fact]
    public async Task An_active_tenant_is_not_rolled_back()
    {
        var tenant = await fixture.GivenTenantAsync();
        await (await fixture.StartAsync(tenant)).GetResultAsync();

        var refused = await Assert.ThrowsAsync<ControlPlaneException>(() => fixture.RollBackAsync(tenant));

        Assert.Equal(ErrorCode.WrongState, refused.Code);
        Assert.Equal("ACTIVE", await fixture.StatusAsync(tenant));
    }

    [Fact]
    public async Task The_failure_mail_is_sent_once_even_if_requested_twice()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.FailAfterAllStepsAsync(tenant);
        await AssertOneMailAsync(tenant);
        await using var sending = await fixture.Control.SetFaultAsync(new FaultRule
        {
            System = "novu",
            Path = "/v1/events/trigger",
            BodyContains = tenant.Id.ToString(),
        });

        var again = await fixture.Temporal.StartWorkflowAsync(
            (Worker.Mails.SendProvisioningFailedWorkflow workflow) => workflow.RunAsync(tenant.Attempt(1)),
            new WorkflowOptions($"again-{tenant.Id}", "tenant-provisioning"));
        await again.GetResultAsync();

        Assert.Equal(0, await sending.GetHitsAsync());
    }

    private async Task AssertEndsCleanAsync(TestTenant tenant)
    {
        await AssertMore.EventuallyAsync(() => fixture.StatusAsync(tenant), status => status == "PROVISION_FAILED");
        await AssertNothingIsLeftAsync(tenant);
    }

    private async Task AssertNothingIsLeftAsync(TestTenant tenant)
    {
        Assert.Equal("PROVISION_FAILED", await fixture.StatusAsync(tenant));
        Assert.Empty(await fixture.Systems.ObjectsOfAsync(tenant));
        var attempt = (await fixture.ProgressAsync(tenant)).Attempt!;
        Assert.Equal("ROLLED_BACK", attempt.State);
        Assert.NotNull(attempt.ResidueReadAt);
        Assert.Equal(0, await fixture.Postgres.ReadAsync<long>(
            "SELECT count(*) FROM residue WHERE tenant_id = $1", tenant.Id));
        await AssertOneMailAsync(tenant);
    }

    private async Task AssertOneMailAsync(TestTenant tenant)
    {
        await fixture.Temporal.GetWorkflowHandle($"provisioning-failed-{tenant.Id}-1").GetResultAsync();
        Assert.Single(await fixture.Control.GetMailsAsync(tenant.SubscriberId));
    }
}
