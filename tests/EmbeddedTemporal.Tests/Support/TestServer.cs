using Temporalio.Activities;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Worker;

namespace EmbeddedTemporal.Tests.Support;

/// <summary>
/// An embedded server with a client and optional workers. On disposal, it replays every history of the test, which
/// detects malformed events.
/// </summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly List<RunningWorker> workers = [];

    private readonly EmbeddedTemporalServer? server;

    private TestServer(EmbeddedTemporalServer? server, TemporalClient client) =>
        (this.server, Client) = (server, client);

    public EmbeddedTemporalServer Server =>
        server ?? throw new InvalidOperationException("the server runs in another process");

    public TemporalClient Client { get; }

    public string TaskQueue { get; } = "queue-" + Ids.New();

    public static async Task<TestServer> StartAsync(EmbeddedTemporalOptions? options = null)
    {
        var server = await EmbeddedTemporalServer.StartAsync(options ?? new EmbeddedTemporalOptions());
        return new TestServer(server, await ConnectClientAsync(server.Address));
    }

    /// <summary>
    /// Connects to the real server of the contract tests, which TEMPORAL_CONTRACT_ADDRESS names, or starts an embedded
    /// one.
    /// </summary>
    public static Task<TestServer> StartContractAsync() =>
        Environment.GetEnvironmentVariable("TEMPORAL_CONTRACT_ADDRESS") is { Length: > 0 } address
            ? ConnectAsync(address)
            : StartAsync();

    /// <summary>Connects to a server in another process.</summary>
    public static async Task<TestServer> ConnectAsync(string address) => new(null, await ConnectClientAsync(address));

    /// <summary>Starts a server and a worker with all test workflows and the given activities.</summary>
    public static async Task<TestServer> WithWorkerAsync(
        EmbeddedTemporalOptions? options = null, params Delegate[] activities)
    {
        var test = await StartAsync(options);
        await test.StartWorkerAsync(null, activities);
        return test;
    }

    public async Task<RunningWorker> StartWorkerAsync(
        Action<TemporalWorkerOptions>? configure = null, params Delegate[] activities)
    {
        var options = new TemporalWorkerOptions(TaskQueue) { GracefulShutdownTimeout = TimeSpan.Zero };
        foreach (var workflow in TestWorkflows.All) options.AddWorkflow(workflow);
        foreach (var activity in activities) options.AddActivity(ActivityDefinition.Create(activity));
        configure?.Invoke(options);
        // Each worker has its own connection, like a separate process: a client supports one worker per queue.
        var client = await ConnectClientAsync(Client.Connection.Options.TargetHost!);
        var worker = new RunningWorker(new TemporalWorker(client, options));
        workers.Add(worker);
        return worker;
    }

    public Task<WorkflowHandle> StartAsync(string workflow, params object?[] args) =>
        StartAsync(new(Ids.New(), TaskQueue), workflow, args);

    public Task<WorkflowHandle> StartAsync(WorkflowOptions options, string workflow, params object?[] args)
    {
        options.TaskQueue ??= TaskQueue;
        return Client.StartWorkflowAsync(workflow, args, options);
    }

    public Task<DescribeTaskQueueResponse> DescribeTaskQueueAsync(TaskQueueType type) =>
        Client.WorkflowService.DescribeTaskQueueAsync(new()
        {
            Namespace = "default",
            TaskQueue = new() { Name = TaskQueue },
            TaskQueueType = type,
            ReportStats = true,
        });

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in workers) await worker.DisposeAsync();
        await Replay.AllAsync(Client);
        if (server is not null) await server.DisposeAsync();
    }

    private static Task<TemporalClient> ConnectClientAsync(string address) =>
        TemporalClient.ConnectAsync(new(address) { Namespace = "default" });
}
