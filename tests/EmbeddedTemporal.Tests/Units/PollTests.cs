using EmbeddedTemporal.Tests.Support;
using Grpc.Core;

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
}
