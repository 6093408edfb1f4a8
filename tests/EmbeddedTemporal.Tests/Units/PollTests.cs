using EmbeddedTemporal.Tests.Support;
using Grpc.Core;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.TaskQueue.V1;

namespace EmbeddedTemporal.Tests.Units;

public sealed class PollTests
{
    [Fact]
    public async Task A_task_whose_worker_leaves_while_the_start_is_written_is_dispatched_again_at_once()
    {
        using var server = await DirectServer.StartAsync();
        using var leaving = new CancellationTokenSource();
        var poll = server.PollAsync(new DirectCall(leaving.Token));
        // One unit is the start of the run, the other the flush of the poll.
        var bothWait = server.HoldWritesAsync(units: 2);
        var start = server.StartWorkflowAsync("the-id");
        await bothWait;

        await leaving.CancelAsync();
        server.ReleaseWrites();

        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => poll)).StatusCode);
        await start;
        Assert.Equal(2, (await server.PollAsync(DirectCall.Uncancelled)).Attempt);
    }

    [Fact]
    public async Task A_poll_that_arrives_after_the_shutdown_of_its_worker_attracts_no_task()
    {
        using var server = await DirectServer.StartAsync();
        await server.StartWorkflowAsync("the-id");
        var sticky = new TaskQueue { Name = "sticky", Kind = TaskQueueKind.Sticky, NormalName = "queue" };
        await server.CompleteAsync(
            await server.PollAsync(DirectCall.Uncancelled),
            new() { StickyAttributes = new() { WorkerTaskQueue = sticky } });
        await server.Handler.ShutdownWorker(
            new() { Namespace = "default", StickyTaskQueue = "sticky" }, DirectCall.Uncancelled);
        using var late = new CancellationTokenSource();
        var latePoll = server.Handler.PollWorkflowTaskQueue(
            new() { Namespace = "default", TaskQueue = sticky, Identity = "late" }, new DirectCall(late.Token));

        await server.Handler.SignalWorkflowExecution(
            new() { Namespace = "default", WorkflowExecution = new() { WorkflowId = "the-id" }, SignalName = "Say" },
            DirectCall.Uncancelled);

        Assert.Equal(1, await server.BacklogAsync());
        await late.CancelAsync();
        await Assert.ThrowsAsync<RpcException>(() => latePoll);
    }
}
