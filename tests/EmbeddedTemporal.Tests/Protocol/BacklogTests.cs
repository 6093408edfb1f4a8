using EmbeddedTemporal.Tests.Support;
using Temporalio.Api.Enums.V1;

namespace EmbeddedTemporal.Tests.Protocol;

public sealed class BacklogTests
{
    [Fact]
    public async Task A_run_that_ends_removes_its_tasks_from_the_queues()
    {
        await using var test = await TestServer.StartAsync();
        var worker = new ManualWorker(test);
        var run = await test.StartAsync("Any");
        await worker.CompleteAsync(await worker.PollAsync(), ManualWorker.Activity("a"));
        await run.SignalAsync("Say", ["a"]);
        Assert.Equal((1, 1), await BacklogsAsync(test));

        await run.TerminateAsync();

        Assert.Equal((0, 0), await BacklogsAsync(test));
    }

    [Fact]
    public async Task A_query_is_removed_from_its_queue_when_its_caller_leaves()
    {
        using var server = await DirectServer.StartAsync();
        using var leaving = new CancellationTokenSource();
        await server.StartWorkflowAsync("the-id");
        await server.CompleteAsync(await server.PollAsync(DirectCall.Uncancelled), new());
        var query = server.QueryAsync(new DirectCall(leaving.Token));
        Assert.Equal(1, await server.BacklogAsync());

        await leaving.CancelAsync();
        await Assert.ThrowsAsync<Grpc.Core.RpcException>(() => query);

        Assert.Equal(0, await server.BacklogAsync());
    }

    private static async Task<(long Workflow, long Activity)> BacklogsAsync(TestServer test)
    {
        return (await BacklogAsync(TaskQueueType.Workflow), await BacklogAsync(TaskQueueType.Activity));

        async Task<long> BacklogAsync(TaskQueueType type) =>
            (await test.DescribeTaskQueueAsync(type)).Stats.ApproximateBacklogCount;
    }
}
