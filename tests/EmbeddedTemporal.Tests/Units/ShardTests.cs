using EmbeddedTemporal.Engine;
using EmbeddedTemporal.Storage;
using EmbeddedTemporal.Tests.Recovery;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace EmbeddedTemporal.Tests.Units;

public sealed class ShardTests
{
    [Fact]
    public async Task Failed_work_leaves_no_rows_in_the_file_and_later_work_is_not_acknowledged()
    {
        using var file = new DatabaseFile();
        await using (var store = SqliteRunStore.Open(file.Path))
        {
            using var shard = CreateShard(store);
            await Assert.ThrowsAsync<InvalidOperationException>(() => FailAfterRegisteringAsync(shard));
            Assert.Equal(StatusCode.Unavailable, await ErrorOf(() => RegisterAsync(shard, "later")));
            Assert.Equal(StatusCode.Unavailable, await ErrorOf(shard.FlushAsync));
        }

        await using var reopened = SqliteRunStore.Open(file.Path);
        Assert.Empty(reopened.Load());
    }

    [Fact]
    public async Task A_server_in_memory_acknowledges_no_work_after_failed_work()
    {
        await using var store = new MemoryRunStore();
        using var shard = CreateShard(store);

        await Assert.ThrowsAsync<InvalidOperationException>(() => FailAfterRegisteringAsync(shard));

        Assert.Equal(StatusCode.Unavailable, await ErrorOf(() => RegisterAsync(shard, "later")));
    }

    [Fact]
    public async Task Work_that_fails_before_its_first_write_has_no_effect()
    {
        await using var store = new MemoryRunStore();
        using var shard = CreateShard(store);

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => shard.ExecuteAsync(() => throw new InvalidOperationException("a bug")));

        await RegisterAsync(shard, "later");
        Assert.True(shard.Namespaces.Contains("later"));
    }

    [Fact]
    public async Task Work_that_throws_an_RpcException_keeps_its_writes()
    {
        using var file = new DatabaseFile();
        await using (var store = SqliteRunStore.Open(file.Path))
        {
            using var shard = CreateShard(store);
            Assert.Equal(StatusCode.Aborted, await ErrorOf(() => shard.ExecuteAsync(() =>
            {
                Register(shard, "kept");
                throw new RpcException(new Status(StatusCode.Aborted, "refused"));
            })));
        }

        await using var reopened = SqliteRunStore.Open(file.Path);
        Assert.Single(reopened.Load());
    }

    private static Shard CreateShard(IRunStore store) => new(TimeProvider.System, store, NullLogger<Shard>.Instance);

    private static Task FailAfterRegisteringAsync(Shard shard) => shard.ExecuteAsync(() =>
    {
        Register(shard, "half");
        throw new InvalidOperationException("a bug");
    });

    private static Task RegisterAsync(Shard shard, string name) =>
        shard.ExecuteAsync(() => Register(shard, name));

    private static void Register(Shard shard, string name) => shard.Namespaces.Register(
        new() { Namespace = name, WorkflowExecutionRetentionPeriod = new() { Seconds = 86_400 } });

    private static async Task<StatusCode> ErrorOf(Func<Task> work) =>
        (await Assert.ThrowsAsync<RpcException>(work)).StatusCode;
}
