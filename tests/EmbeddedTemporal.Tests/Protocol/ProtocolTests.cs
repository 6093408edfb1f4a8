using EmbeddedTemporal.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace EmbeddedTemporal.Tests.Protocol;

/// <summary>Tests of the protocol between server and worker, on a fake clock and with a manual worker.</summary>
public abstract class ProtocolTests : IAsyncLifetime
{
    private TestServer? server;
    private ManualWorker? worker;

    private protected FakeTimeProvider Clock { get; } = new(TimeProvider.System.GetUtcNow());

    private protected TestServer Test => server!;

    private protected ManualWorker Worker => worker!;

    public async ValueTask InitializeAsync()
    {
        server = await TestServer.StartAsync(new() { TimeProvider = Clock });
        worker = new ManualWorker(server);
    }

    public async ValueTask DisposeAsync()
    {
        await Test.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Asserts that the server rejects a completion and fails the task with the given cause.</summary>
    internal static async Task<RpcException> AssertTaskFailsAsync(
        WorkflowHandle run, WorkflowTaskFailedCause cause, Func<Task> completion)
    {
        var error = await Assert.ThrowsAsync<RpcException>(completion);
        Assert.Equal(RpcException.StatusCode.InvalidArgument, error.Code);
        var failed = await run.WaitForEventAsync(EventType.WorkflowTaskFailed);
        Assert.Equal(cause, failed.WorkflowTaskFailedEventAttributes.Cause);
        return error;
    }
}
