using System.Threading.Channels;
using FunctionsHost.Rpc.Messages;
using FunctionsHost.Workers;
using Grpc.Net.Client;

namespace FunctionsHost.Tests.Fakes;

/// <summary>
/// A language worker in the test's process, with the real protocol: it answers each call with the name of its function.
/// Each start of the worker is a new <see cref="FakeWorkerRun"/>.
/// </summary>
internal sealed class FakeWorker(params FakeFunction[] functions)
{
    private readonly Channel<FakeWorkerRun> runs = Channel.CreateUnbounded<FakeWorkerRun>();

    public IReadOnlyList<FakeFunction> Functions { get; } = functions;

    public Dictionary<string, string> Capabilities { get; } = new()
    {
        ["HandlesInvocationCancelMessage"] = "True",
        ["RawHttpBodyBytes"] = "True",
        ["RpcHttpBodyOnly"] = "True",
        ["UseNullableValueDictionaryForHttp"] = "True",
    };

    /// <summary>Answers an invocation; null leaves it without an answer.</summary>
    public Func<InvocationRequest, string, Task<RpcHttp?>> Answer { get; set; } =
        (_, name) => Task.FromResult<RpcHttp?>(Text(name));

    /// <summary>Runs before the worker connects, and so can delay or end it.</summary>
    public Func<FakeWorkerRun, Task> BeforeConnect { get; set; } = _ => Task.CompletedTask;

    /// <summary>Messages of the host that the worker leaves without an answer.</summary>
    public HashSet<StreamingMessage.ContentOneofCase> Unanswered { get; } = [];

    /// <summary>The answer to a specialization.</summary>
    public FunctionEnvironmentReloadResponse Reloaded { get; set; } = new() { Result = Success };

    public static StatusResult Success => new() { Status = StatusResult.Types.Status.Success };

    /// <summary>The next start of the worker that no test has seen yet.</summary>
    public Task<FakeWorkerRun> NextRunAsync() =>
        runs.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().LimitedAsync();

    public bool HasUnseenRun => runs.Reader.TryPeek(out _);

    public Task<WorkerHandle> StartAsync(WorkerStart start, CancellationToken cancellationToken)
    {
        var run = new FakeWorkerRun(this, start);
        _ = run.ConnectAsync();
        runs.Writer.TryWrite(run);
        return Task.FromResult(run.Handle);
    }

    public static RpcHttp Text(string text) =>
        new() { StatusCode = "200", Body = new TypedData { String = text } };

    public static FunctionRpc.FunctionRpcClient ClientOf(WorkerStart start) =>
        new(GrpcChannel.ForAddress(start.Configuration["Functions:Worker:HostEndpoint"]!));
}
