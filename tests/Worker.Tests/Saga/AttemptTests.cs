using ControlPlane.Provisioning;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Testing;
using Worker.Tests.Support;

namespace Worker.Tests.Saga;

public sealed class AttemptTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    [Fact]
    public async Task A_second_attempt_is_not_swallowed_by_the_first_attempts_run()
    {
        var tenant = await fixture.GivenTenantAsync();
        var ended = new TaskCompletionSource();
        var close = new TaskCompletionSource();
        fixture.Refuse("CreateIdp", tenant);
        fixture.Hooks.After("EndRollback", tenant, () =>
        {
            ended.TrySetResult();
            return close.Task;
        });
        var first = await fixture.StartAsync(tenant);
        await ended.Task;
        Assert.Equal("PROVISION_FAILED", await fixture.StatusAsync(tenant));
        fixture.Hooks.Clear();

        // The first run is still open: the second start finds it and waits for its end.
        var starting = fixture.StartAsync(tenant);
        var recorded = await AssertMore.EventuallyAsync(
            async () => (await fixture.ProgressAsync(tenant)).Attempt!, attempt => attempt.Number == 2);
        Assert.Null(recorded.RunId);
        Assert.Equal(WorkflowExecutionStatus.Running, (await first.DescribeAsync()).Status);
        close.SetResult();
        var second = await starting;

        Assert.NotEqual(first.RunId, second.RunId);
        Assert.Equal("ACTIVE", (await second.GetResultAsync()).Outcome);
        await AssertEndedBeforeAsync(first, second);
        Assert.Equal(2, (await fixture.ProgressAsync(tenant)).Attempt!.Number);
    }

    [Fact]
    public async Task A_stale_run_ends_without_changes()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.SetStateAsync(tenant, attempt: 2, "PROVISIONING");

        var run = await fixture.Temporal.StartWorkflowAsync(
            (IProvisionTenantWorkflow workflow) => workflow.RunAsync(tenant.Attempt(1)),
            new WorkflowOptions(IProvisionTenantWorkflow.WorkflowId(tenant.Id), "tenant-provisioning"));

        Assert.Equal("STALE", (await run.GetResultAsync()).Outcome);
        Assert.Equal("PROVISIONING", await fixture.StatusAsync(tenant));
        Assert.Empty(await fixture.Systems.ObjectsOfAsync(tenant));
    }

    [Fact]
    public async Task Concurrent_equal_calls_start_one_run()
    {
        var tenant = await fixture.GivenTenantAsync();

        var runs = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => fixture.StartAsync(tenant)));

        Assert.Single(runs.Select(run => run.RunId).Distinct());
        Assert.Equal("ACTIVE", (await runs[0].GetResultAsync()).Outcome);
        Assert.Single(await fixture.Control.GetMailsAsync(tenant.SubscriberId));
    }

    // Status Failed: the first run ended by itself and was not terminated by the start of the second.
    private static async Task AssertEndedBeforeAsync(WorkflowHandle first, WorkflowHandle second)
    {
        var (before, after) = (await first.DescribeAsync(), await second.DescribeAsync());
        Assert.Equal(WorkflowExecutionStatus.Failed, before.Status);
        Assert.True(before.CloseTime <= after.StartTime, $"{before.CloseTime} is after {after.StartTime}.");
    }
}
