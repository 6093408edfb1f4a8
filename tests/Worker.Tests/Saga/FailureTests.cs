using ControlPlane;
using Temporalio.Api.Enums.V1;
using Temporalio.Exceptions;
using Worker.Tests.Support;

namespace Worker.Tests.Saga;

/// <summary>How a run that failed looks from outside, where the original lied.</summary>
public sealed class FailureTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    // The original returned {success: false} from a workflow that Temporal then showed as COMPLETED.
    [Fact]
    public async Task A_failure_is_not_returned_as_a_success()
    {
        var tenant = await world.GivenTenantAsync();
        world.Hooks.Before("ProvisionStorage", tenant, Refuse);
        var run = await world.StartAsync(tenant);

        await Assert.ThrowsAsync<WorkflowFailedException>(() => run.GetResultAsync());

        Assert.Equal(WorkflowExecutionStatus.Failed, (await run.DescribeAsync()).Status);
    }

    // The original said "compensation" whatever had failed.
    [Theory]
    [InlineData("CreateIdp", "create-idp")]
    [InlineData("ProvisionDatabase", "provision-database")]
    [InlineData("ActivateTenant", "activate-tenant")]
    public async Task The_failed_step_is_the_one_that_failed(string activity, string step)
    {
        var tenant = await world.GivenTenantAsync();
        world.Hooks.Before(activity, tenant, Refuse);

        var failure = await world.FailAsync(tenant);

        Assert.Equal(step, failure.FailedStep);
        Assert.Equal("forbidden", failure.Code);
        Assert.Equal("Refused.", failure.Sentence);
        var attempt = (await world.ProgressAsync(tenant)).Attempt!;
        Assert.Equal((step, "forbidden", "Refused."), (attempt.FailedStep, attempt.ErrorCode, attempt.Error));
    }

    // The original remembered an undo only when its step had answered.
    [Fact]
    public async Task A_step_whose_effect_was_done_and_whose_answer_never_came_is_undone_too()
    {
        var tenant = await world.GivenTenantAsync();
        world.Hooks.After("ProvisionDatabase", tenant, () =>
            throw new ApplicationFailureException("The answer is lost.", nonRetryable: true));

        var failure = await world.FailAsync(tenant);

        Assert.Equal("provision-database", failure.FailedStep);
        Assert.Empty(await world.Systems.OfAsync(tenant));
    }

    [Fact]
    public async Task Undo_runs_in_reverse_and_only_for_what_was_begun_and_then_every_system_is_read()
    {
        var tenant = await world.GivenTenantAsync();
        world.Hooks.Before("ProvisionDatabase", tenant, Refuse);
        var run = await world.StartAsync(tenant);
        await Assert.ThrowsAsync<WorkflowFailedException>(() => run.GetResultAsync());

        var history = await run.FetchHistoryAsync();

        Assert.Equal(
            [
                "BeginRollback", "DropDatabase", "DeleteAdminUser", "DeleteIdp", "FindStorageResidue",
                "FindDatabaseResidue", "FindAdminUserResidue", "FindIdpResidue", "EndRollback",
            ],
            history.Events
                .Where(e => e.EventType == EventType.ActivityTaskScheduled)
                .Select(e => e.ActivityTaskScheduledEventAttributes.ActivityType.Name)
                .SkipWhile(name => name != "BeginRollback"));
    }

    // The original swallowed what went wrong in a rollback; one undo that fails must not keep the others from running.
    [Fact]
    public async Task One_undo_that_fails_does_not_stop_the_others_and_is_not_swallowed()
    {
        var tenant = await world.GivenTenantAsync();
        world.Hooks.Before("CreateResources", tenant, Refuse);
        world.Hooks.Before("DropDatabase", tenant, () =>
            throw new ControlPlaneException(ErrorCode.NotConfigured, "No undo today."));

        await world.FailAsync(tenant);

        Assert.Equal(["schema", "role"], await world.Systems.OfAsync(tenant));
        Assert.Equal("ROLLBACK_INCOMPLETE", await world.StatusAsync(tenant));
        var step = (await world.ProgressAsync(tenant)).Steps.Single(s => s.Step == "provision-database");
        Assert.Equal(("FAILED", "No undo today."), (step.UndoState, step.UndoError));
    }

    private static Task Refuse() => throw new ControlPlaneException(ErrorCode.Forbidden, "Refused.");
}
