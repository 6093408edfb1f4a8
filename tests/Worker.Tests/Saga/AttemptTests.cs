using ControlPlane.Provisioning;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Testing;
using Worker.Tests.Support;

namespace Worker.Tests.Saga;

public sealed class AttemptTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    [Fact]
    public async Task A_second_attempt_is_not_swallowed_by_the_first_attempts_run()
    {
        var tenant = await world.GivenTenantAsync();
        var over = new TaskCompletionSource();
        var close = new TaskCompletionSource();
        world.Refuse("CreateIdp", tenant);
        world.Hooks.After("EndRollback", tenant, () =>
        {
            over.TrySetResult();
            return close.Task;
        });
        var first = await world.StartAsync(tenant);
        await over.Task;
        Assert.Equal("PROVISION_FAILED", await world.StatusAsync(tenant));
        world.Hooks.Clear();

        // The first run is still open: the second one's start finds it, sees its attempt and waits for its end.
        var starting = world.StartAsync(tenant);
        var recorded = await AssertMore.EventuallyAsync(
            async () => (await world.ProgressAsync(tenant)).Attempt!, attempt => attempt.Number == 2);
        Assert.Null(recorded.RunId);
        Assert.Equal(WorkflowExecutionStatus.Running, (await first.DescribeAsync()).Status);
        close.SetResult();
        var second = await starting;

        Assert.NotEqual(first.RunId, second.RunId);
        Assert.Equal("ACTIVE", (await second.GetResultAsync()).Outcome);
        await AssertEndedBeforeAsync(first, second);
        Assert.Equal(2, (await world.ProgressAsync(tenant)).Attempt!.Number);
    }

    [Fact]
    public async Task A_run_whose_attempt_is_not_the_current_one_ends_quietly()
    {
        var tenant = await world.GivenTenantAsync();
        await world.SetAsync(tenant, attempt: 2, "PROVISIONING");

        var run = await world.Temporal.StartWorkflowAsync(
            (IProvisionTenantWorkflow workflow) => workflow.RunAsync(tenant.Attempt(1)),
            new WorkflowOptions(IProvisionTenantWorkflow.WorkflowId(tenant.Id), "tenant-provisioning"));

        Assert.Equal("STALE", (await run.GetResultAsync()).Outcome);
        Assert.Equal("PROVISIONING", await world.StatusAsync(tenant));
        Assert.Empty(await world.Systems.OfAsync(tenant));
    }

    [Fact]
    public async Task Equal_calls_at_once_are_one_run()
    {
        var tenant = await world.GivenTenantAsync();

        var runs = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => world.StartAsync(tenant)));

        Assert.Single(runs.Select(run => run.RunId).Distinct());
        Assert.Equal("ACTIVE", (await runs[0].GetResultAsync()).Outcome);
        Assert.Single(await world.Control.MailsAsync(tenant.SubscriberId));
    }

    // By itself: nobody terminated it to make room.
    private static async Task AssertEndedBeforeAsync(WorkflowHandle first, WorkflowHandle second)
    {
        var (before, after) = (await first.DescribeAsync(), await second.DescribeAsync());
        Assert.Equal(WorkflowExecutionStatus.Failed, before.Status);
        Assert.True(before.CloseTime <= after.StartTime, $"{before.CloseTime} is after {after.StartTime}.");
    }
}
