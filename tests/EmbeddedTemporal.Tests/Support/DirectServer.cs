using EmbeddedTemporal.Engine;
using EmbeddedTemporal.Services;
using EmbeddedTemporal.Storage;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Temporalio.Api.WorkflowService.V1;

namespace EmbeddedTemporal.Tests.Support;

/// <summary>
/// The server's methods without the network: a call has done what it can by the time it returns its task, so the
/// order of calls is the test's. The writes of its rows can be held up.
/// </summary>
internal sealed class DirectServer : IDisposable
{
    private readonly SlowStore store = new();
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
            DirectCall.Patient);
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
        DirectCall.Patient);

    public Task<PollWorkflowTaskQueueResponse> PollAsync(DirectCall call) =>
        Handler.PollWorkflowTaskQueue(
            new() { Namespace = "default", TaskQueue = new() { Name = "queue" }, Identity = "direct" },
            call);

    public Task<RespondWorkflowTaskCompletedResponse> CompleteAsync(
        PollWorkflowTaskQueueResponse task, RespondWorkflowTaskCompletedRequest request)
    {
        request.TaskToken = task.TaskToken;
        return Handler.RespondWorkflowTaskCompleted(request, DirectCall.Patient);
    }

    public Task<QueryWorkflowResponse> AskAsync(DirectCall call) => Handler.QueryWorkflow(
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
            DirectCall.Patient);
        return described.Stats.ApproximateBacklogCount;
    }

    /// <summary>From now on nothing becomes durable; ends when so many units wait for it.</summary>
    public Task HoldWritesAsync(int units) => store.HoldAsync(units);

    public void ReleaseWrites() => store.Release();

    public void Dispose() => shard.Dispose();

    private sealed class SlowStore : IRunStore
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
