using System.Globalization;
using System.Net;
using System.Net.Sockets;
using FunctionsHost.Configuration;
using FunctionsHost.Functions;
using FunctionsHost.Http;

namespace FunctionsHost.Workers;

/// <summary>Starts custom handlers: a web server of any kind that gets its port in an environment variable.</summary>
internal sealed class CustomHandlerStarter(
    FunctionsHostOptions options, CustomHandlerSettings settings, HttpProxy proxy, ILoggerFactory loggers, int port)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(25);

    public async Task<IWorkerSession> StartAsync(CancellationToken cancellationToken)
    {
        var functions = FunctionFolders.Read(options.AppFolder).ToList();
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        var id = Guid.CreateVersion7(options.TimeProvider.GetUtcNow()).ToString();
        var handle = await options.StartWorker(StartOf(id, address.Port), cancellationToken);
        try
        {
            await UntilItAnswersAsync(address, handle, cancellationToken);
            return new CustomHandlerSession(handle, functions, address, proxy);
        }
        catch
        {
            await handle.KillAsync();
            throw;
        }
    }

    private WorkerStart StartOf(string id, int handlerPort)
    {
        var environment = WorkerEnvironment.For(options, port, language: "custom");
        environment["FUNCTIONS_CUSTOMHANDLER_PORT"] = handlerPort.ToString(CultureInfo.InvariantCulture);
        environment["FUNCTIONS_CUSTOMHANDLER_WORKER_ID"] = id;
        return new WorkerStart
        {
            WorkerId = id,
            Executable = settings.Executable,
            ExecutableArguments = settings.Arguments,
            Arguments = [],
            Environment = environment,
            WorkingDirectory = Path.GetFullPath(options.AppFolder),
            ConsoleLog = loggers.CreateLogger("Host.Function.Console"),
        };
    }

    // Any answer counts: the handler need not serve "/".
    private async Task UntilItAnswersAsync(Uri address, WorkerHandle handle, CancellationToken cancellationToken)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var limit = new CancellationTokenSource(options.ProcessStartTimeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        while (!handle.Exited.IsCompleted)
        {
            try
            {
                using var answer = await client.GetAsync(address, either.Token);
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(PollInterval, options.TimeProvider, cancellationToken);
            }
            catch (OperationCanceledException e) when (limit.IsCancellationRequested)
            {
                throw new FunctionsHostException(
                    $"The custom handler did not answer within {options.ProcessStartTimeout.TotalSeconds} s.", e);
            }
        }

        throw new FunctionsHostException(
            $"The custom handler ended with exit code {await handle.Exited} before it answered.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
