using EmbeddedTemporal.Engine;
using EmbeddedTemporal.Storage;
using EmbeddedTemporal.Tests.Recovery;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace EmbeddedTemporal.Tests.Units;

public sealed class ShardTests
{
    [Fact]
    public async Task Work_that_fails_halfway_leaves_nothing_in_the_file_and_nothing_after_it_is_acknowledged()
    {
        using var file = new DatabaseFile();
        await using (var store = SqliteRunStore.Open(file.Path))
        {
            using var shard = ShardOn(store);
            await Assert.ThrowsAsync<InvalidOperationException>(() => shard.Turn(() => FailAfterRegistering(shard)));
            Assert.Equal(StatusCode.Unavailable, await RefusalOf(() => shard.Turn(() => Register(shard, "later"))));
            Assert.Equal(StatusCode.Unavailable, await RefusalOf(shard.Flushed));
        }

        await using var again = SqliteRunStore.Open(file.Path);
        Assert.Empty(again.Load());
    }

    [Fact]
    public async Task A_server_in_memory_too_acknowledges_nothing_after_work_that_failed_halfway()
    {
        await using var store = new MemoryRunStore();
        using var shard = ShardOn(store);

        await Assert.ThrowsAsync<InvalidOperationException>(() => shard.Turn(() => FailAfterRegistering(shard)));

        Assert.Equal(StatusCode.Unavailable, await RefusalOf(() => shard.Turn(() => Register(shard, "later"))));
    }

    [Fact]
    public async Task Work_that_fails_before_it_wrote_anything_does_no_harm()
    {
        await using var store = new MemoryRunStore();
        using var shard = ShardOn(store);

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => shard.Turn(() => throw new InvalidOperationException("a bug")));

        await shard.Turn(() => Register(shard, "later"));
        Assert.True(shard.Namespaces.Contains("later"));
    }

    [Fact]
    public async Task What_a_refusal_wrote_is_kept()
    {
        using var file = new DatabaseFile();
        await using (var store = SqliteRunStore.Open(file.Path))
        {
            using var shard = ShardOn(store);
            Assert.Equal(StatusCode.Aborted, await RefusalOf(() => shard.Turn(() =>
            {
                Register(shard, "kept");
                throw new RpcException(new Status(StatusCode.Aborted, "refused"));
            })));
        }

        await using var again = SqliteRunStore.Open(file.Path);
        Assert.Single(again.Load());
    }

    private static Shard ShardOn(IRunStore store) => new(TimeProvider.System, store, NullLogger<Shard>.Instance);

    private static void FailAfterRegistering(Shard shard)
    {
        Register(shard, "half");
        throw new InvalidOperationException("a bug");
    }

    private static void Register(Shard shard, string name) => shard.Namespaces.Register(
        new() { Namespace = name, WorkflowExecutionRetentionPeriod = new() { Seconds = 86_400 } });

    private static async Task<StatusCode> RefusalOf(Func<Task> work) =>
        (await Assert.ThrowsAsync<RpcException>(work)).StatusCode;
}
