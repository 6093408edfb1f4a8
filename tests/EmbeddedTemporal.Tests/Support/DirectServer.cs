using EmbeddedTemporal.Engine;
using EmbeddedTemporal.Services;
using EmbeddedTemporal.Storage;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Temporalio.Api.WorkflowService.V1;

namespace EmbeddedTemporal.Tests.Support;

/// <summary>
/// The methods of the server without a network. A call runs synchronously as far as possible, so the test determines
/// the order of calls. Writes to the store can be held.
/// </summary>
internal sealed class DirectServer : IDisposable
{
    private readonly BlockingStore store = new();
    private readonly Shard shard;

    private DirectServer()
    {
        shard = new Shard(TimeProvider.System, store, NullLogger<Shard>.Instance);
        Handler = new WorkflowServiceHandler(shard, TimeSpan.FromSeconds(30));
    }

    public WorkflowServiceHandler Handler { get; }

    public static async Task<DirectServer> StartAsync()
    {
        var server = new DirectServer();
        await server.Handler.RegisterNamespace(
            new() { Namespace = "default", WorkflowExecutionRetentionPeriod = new() { Seconds = 86_400 } },
            DirectCall.Uncancelled);
        return server;
    }

    public Task<StartWorkflowExecutionResponse> StartWorkflowAsync(string id) => Handler.StartWorkflowExecution(
        new()
        {
            Namespace = "default",
            WorkflowId = id,
            WorkflowType = new() { Name = "Any" },
            TaskQueue = new() { Name = "queue" },
        },
        DirectCall.Uncancelled);

    public Task<PollWorkflowTaskQueueResponse> PollAsync(DirectCall call) =>
        Handler.PollWorkflowTaskQueue(
            new() { Namespace = "default", TaskQueue = new() { Name = "queue" }, Identity = "direct" },
            call);

    public Task<RespondWorkflowTaskCompletedResponse> CompleteAsync(
        PollWorkflowTaskQueueResponse task, RespondWorkflowTaskCompletedRequest request)
    {
        request.TaskToken = task.TaskToken;
        return Handler.RespondWorkflowTaskCompleted(request, DirectCall.Uncancelled);
    }

    public Task<QueryWorkflowResponse> QueryAsync(DirectCall call) => Handler.QueryWorkflow(
        new()
        {
            Namespace = "default",
            Execution = new() { WorkflowId = "the-id" },
            Query = new() { QueryType = "Count" },
        },
        call);

    public async Task<long> BacklogAsync()
    {
        var described = await Handler.DescribeTaskQueue(
            new() { Namespace = "default", TaskQueue = new() { Name = "queue" }, ReportStats = true },
            DirectCall.Uncancelled);
        return described.Stats.ApproximateBacklogCount;
    }

    /// <summary>Holds all further writes. The task completes when the given number of units is waiting.</summary>
    public Task HoldWritesAsync(int units) => store.HoldAsync(units);

    public void ReleaseWrites() => store.Release();

    public void Dispose() => shard.Dispose();

    private sealed class BlockingStore : IRunStore
    {
        private readonly TaskCompletionSource released = new();
        private readonly TaskCompletionSource reached = new();
        private int awaited;
        private int commits;

        public Task HoldAsync(int units)
        {
            awaited = units;
            return reached.Task;
        }

        public void Release() => released.SetResult();

        public void Put(RowKey key, IMessage value)
        {
        }

        public void Delete(RowKey key)
        {
        }

        public void DeleteOwner(string owner)
        {
        }

        public Task Commit()
        {
            if (awaited == 0) return Task.CompletedTask;
            if (++commits == awaited) reached.SetResult();
            return released.Task;
        }

        public bool Discard(Exception cause) => false;

        public IEnumerable<StoredRow> Load() => [];

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
