using ControlPlane;
using Temporalio.Api.Enums.V1;
using Temporalio.Exceptions;
using Worker.Tests.Support;

namespace Worker.Tests.Saga;

/// <summary>The state that a failed run shows to callers; the original reported it wrongly.</summary>
public sealed class FailureTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    // The original returned {success: false} from a workflow that Temporal then showed as COMPLETED.
    [Fact]
    public async Task A_failure_is_not_returned_as_a_success()
    {
        var tenant = await fixture.GivenTenantAsync();
        fixture.Hooks.Before("ProvisionStorage", tenant, Refuse);
        var run = await fixture.StartAsync(tenant);

        await Assert.ThrowsAsync<WorkflowFailedException>(() => run.GetResultAsync());

        Assert.Equal(WorkflowExecutionStatus.Failed, (await run.DescribeAsync()).Status);
    }

    // The original reported "compensation" for every failed step.
    [Theory]
    [InlineData("CreateIdp", "create-idp")]
    [InlineData("ProvisionDatabase", "provision-database")]
    [InlineData("ActivateTenant", "activate-tenant")]
    public async Task The_failed_step_is_the_one_that_failed(string activity, string step)
    {
        var tenant = await fixture.GivenTenantAsync();
        fixture.Hooks.Before(activity, tenant, Refuse);

        var failure = await fixture.FailAsync(tenant);

        Assert.Equal(step, failure.FailedStep);
        Assert.Equal("forbidden", failure.Code);
        Assert.Equal("Refused.", failure.Sentence);
        var attempt = (await fixture.ProgressAsync(tenant)).Attempt!;
        Assert.Equal((step, "forbidden", "Refused."), (attempt.FailedStep, attempt.ErrorCode, attempt.Error));
    }

    // The original registered an undo only after its step had returned.
    [Fact]
    public async Task A_step_whose_effect_was_done_and_whose_answer_never_came_is_undone_too()
    {
        var tenant = await fixture.GivenTenantAsync();
        fixture.Hooks.After("ProvisionDatabase", tenant, () =>
            throw new ApplicationFailureException("The answer is lost.", nonRetryable: true));

        var failure = await fixture.FailAsync(tenant);

        Assert.Equal("provision-database", failure.FailedStep);
        Assert.Empty(await fixture.Systems.ObjectsOfAsync(tenant));
    }

    [Fact]
    public async Task The_steps_that_began_are_undone_in_reverse_and_then_every_system_is_read()
    {
        var tenant = await fixture.GivenTenantAsync();
        fixture.Hooks.Before("ProvisionDatabase", tenant, Refuse);
        var run = await fixture.StartAsync(tenant);
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

    // The original swallowed errors of the rollback. A failed undo must not prevent the others.
    [Fact]
    public async Task One_undo_that_fails_does_not_stop_the_others_and_is_not_swallowed()
    {
        var tenant = await fixture.GivenTenantAsync();
        fixture.Hooks.Before("CreateResources", tenant, Refuse);
        fixture.Hooks.Before("DropDatabase", tenant, () =>
            throw new ControlPlaneException(ErrorCode.NotConfigured, "No undo."));

        await fixture.FailAsync(tenant);

        Assert.Equal(["schema", "role"], await fixture.Systems.ObjectsOfAsync(tenant));
        Assert.Equal("ROLLBACK_INCOMPLETE", await fixture.StatusAsync(tenant));
        var step = (await fixture.ProgressAsync(tenant)).Steps
            .Single(s => s.Step == "provision-database");
        Assert.Equal(("FAILED", "No undo."), (step.UndoState, step.UndoError));
    }

    private static Task Refuse() => throw new ControlPlaneException(ErrorCode.Forbidden, "Refused.");
}
