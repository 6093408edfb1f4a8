using System.Globalization;
using FunctionsHost.Configuration;
using FunctionsHost.Http;
using FunctionsHost.Rpc;

namespace FunctionsHost.Workers;

/// <summary>Starts language workers: the process of worker.config.json, its stream, and the first messages.</summary>
internal sealed class RpcWorkerStarter(
    FunctionsHostOptions options, RpcServer rpc, HttpProxy proxy, ILoggerFactory loggers, int port)
{
    private const int MaxMessageBytes = int.MaxValue;

    private readonly WorkerConfig config = WorkerConfig.Load(options.AppFolder);
    private FunctionsHostOptions options = options;

    public async Task<RpcWorkerSession> StartAsync(CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7(options.TimeProvider.GetUtcNow()).ToString();
        var channel = new WorkerChannel(new WorkerLogs(loggers), options.TimeProvider);
        rpc.Expect(id, channel);
        var handle = await options.StartWorker(StartOf(id), cancellationToken);
        var session = new RpcWorkerSession(channel, handle, options, proxy);
        try
        {
            await OpenedAsync(channel, handle, cancellationToken);
            await session.InitializeAsync(cancellationToken);
            if (!options.Placeholder)
                await session.LoadAsync(cancellationToken);
            return session;
        }
        catch
        {
            await handle.KillAsync();
            throw;
        }
        finally
        {
            rpc.Forget(id);
        }
    }

    /// <summary>Gives a placeholder its settings, and loads its functions. Later workers start with them.</summary>
    public async Task SpecializeAsync(
        RpcWorkerSession session, IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken)
    {
        await session.SpecializeAsync(
            WorkerEnvironment.Specialized(options, settings, port, config.Language), cancellationToken);
        options = options with { Placeholder = false, Settings = settings };
    }

    private async Task OpenedAsync(WorkerChannel channel, WorkerHandle handle, CancellationToken cancellationToken)
    {
        var limit = options.ProcessStartTimeout;
        try
        {
            var first = await Task.WhenAny(channel.Opened, handle.Exited)
                .WaitAsync(limit, options.TimeProvider, cancellationToken);
            if (first == handle.Exited && !channel.Opened.IsCompleted)
            {
                throw new FunctionsHostException(
                    $"The worker ended with exit code {await handle.Exited} before it was ready.");
            }
        }
        catch (TimeoutException e)
        {
            throw new FunctionsHostException(
                $"The worker did not connect to the host within {limit.TotalSeconds} s.", e);
        }
    }

    private WorkerStart StartOf(string id)
    {
        var address = rpc.Address.GetLeftPart(UriPartial.Authority);
        var rpcPort = rpc.Address.Port.ToString(CultureInfo.InvariantCulture);
        var limit = MaxMessageBytes.ToString(CultureInfo.InvariantCulture);
        return new WorkerStart
        {
            WorkerId = id,
            Executable = config.Executable,
            ExecutableArguments = config.WorkerPath is null ? [] : [config.WorkerPath],
            Arguments =
            [
                "--host", rpc.Address.Host, "--port", rpcPort, "--workerId", id, "--requestId", id,
                "--grpcMaxMessageLength", limit, "--functions-uri", address, "--functions-worker-id", id,
                "--functions-request-id", id, "--functions-grpc-max-message-length", limit,
            ],
            Environment = WorkerEnvironment.For(options, port, config.Language),
            WorkingDirectory = Path.GetFullPath(options.AppFolder),
            ConsoleLog = loggers.CreateLogger("Host.Function.Console"),
        };
    }
}
