using System.Globalization;
using FunctionsHost.Configuration;
using FunctionsHost.Functions;
using FunctionsHost.Http;
using FunctionsHost.Rpc;
using FunctionsHost.Workers;

namespace FunctionsHost;

/// <summary>
/// A strict stand-in of the Azure Functions host v4 for one function app, on 127.0.0.1: no more generous than the host.
/// <code>
/// await using var host = await FunctionsHostServer.StartAsync(new FunctionsHostOptions { AppFolder = folder });
/// host.EnsureRunning();
/// using var client = new HttpClient { BaseAddress = host.Address };
/// </code>
/// </summary>
public sealed partial class FunctionsHostServer : IAsyncDisposable
{
    private readonly Stack<object> parts = new();
    private readonly FunctionsHostOptions options;
    private readonly HostJson hostJson;
    private readonly ILogger log;
    private readonly PublicServer server;
    private readonly WorkerSupervisor supervisor;
    private readonly HostPipeline pipeline;
    private readonly RpcWorkerStarter? language;
    private FunctionTable table = FunctionTable.Empty;

    private FunctionsHostServer(FunctionsHostOptions options, HostJson hostJson, PublicPort port, RpcServer rpc)
    {
        this.options = options;
        this.hostJson = hostJson;
        Own(rpc);
        var loggers = Own(HostLogging.Create(hostJson, options.LoggerProvider));
        log = loggers.CreateLogger("Host");
        Address = new Uri($"http://127.0.0.1:{port.EndPoint.Port}");
        server = new PublicServer(port, options.DrainTimeout);
        var proxy = Own(new HttpProxy(server.Forwarder, options));
        if (hostJson.CustomHandler is { } settings)
        {
            var custom = new CustomHandlerStarter(options, settings, proxy, loggers, Address.Port);
            supervisor = new WorkerSupervisor(custom.StartAsync, options, log);
        }
        else
        {
            language = new RpcWorkerStarter(options, rpc, proxy, loggers, Address.Port);
            supervisor = new WorkerSupervisor(async stop => await language.StartAsync(stop), options, log);
        }

        pipeline = new HostPipeline(options, supervisor, hostJson.FunctionTimeout, log);
    }

    /// <summary>Base address, such as http://127.0.0.1:7071.</summary>
    public Uri Address { get; }

    /// <summary>The served functions, in the order in which their routes are tried.</summary>
    public IReadOnlyList<HostedFunction> Functions => table.Functions;

    /// <summary>The functions that are left out, by name, with the cause.</summary>
    public IReadOnlyDictionary<string, string> FunctionErrors => table.Errors;

    /// <summary>Why the app did not start, or no longer runs; null while it runs. Calls answer 503 then.</summary>
    public FunctionsHostException? Failure { get; private set; }

    /// <summary>The prefix of all routes, without slashes at its ends.</summary>
    public string RoutePrefix => hostJson.RoutePrefix;

    /// <summary>Completes with the cause when the worker died too often; calls are answered with 503 then.</summary>
    public Task<FunctionsHostException> Stopped => supervisor.GaveUp;

    /// <summary>
    /// Starts the app and then listens. An app that does not start leaves a host that answers 503, as the real one:
    /// see <see cref="Failure"/>.
    /// </summary>
    /// <exception cref="FunctionsHostException">The folder is no app, or the port is in use.</exception>
    public static async Task<FunctionsHostServer> StartAsync(
        FunctionsHostOptions options, CancellationToken cancellationToken = default)
    {
        var hostJson = HostJson.Load(options.AppFolder, WorkerEnvironment.SettingsOf(options));
        var port = PublicPort.Take(options.Port);
        FunctionsHostServer? host = null;
        try
        {
            var rpc = await RpcServer.StartAsync(cancellationToken);
            host = new FunctionsHostServer(options, hostJson, port, rpc);
            await host.StartAppAsync(cancellationToken);
            await host.server.StartAsync(host.pipeline.HandleAsync, cancellationToken);
            return host;
        }
        catch
        {
            if (host is not null)
                await host.DisposeAsync();
            port.Dispose();
            throw;
        }
    }

    /// <summary>Throws if the app did not start.</summary>
    public void EnsureRunning()
    {
        if (Failure is { } failure)
            throw new FunctionsHostException(failure.Message, failure);
    }

    /// <summary>The public address of a function, as <c>func start</c> prints it.</summary>
    public string UrlOf(HostedFunction function) => string.Create(
        CultureInfo.InvariantCulture,
        $"http://localhost:{Address.Port}/{(RoutePrefix.Length == 0 ? "" : RoutePrefix + "/")}{function.Route}");

    /// <summary>Gives a placeholder its application settings, and serves its functions.</summary>
    public async Task SpecializeAsync(
        IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken = default)
    {
        if (!options.Placeholder || language is null)
            throw new InvalidOperationException("Only a placeholder with a language worker specializes.");
        var session = await supervisor.CurrentAsync(cancellationToken);
        await language.SpecializeAsync((RpcWorkerSession)session, settings, cancellationToken);
        Serve(session);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        await supervisor.DisposeAsync();
        while (parts.TryPop(out var part))
        {
            if (part is IAsyncDisposable asynchronous)
                await asynchronous.DisposeAsync();
            else
                ((IDisposable)part).Dispose();
        }
    }

    private async Task StartAppAsync(CancellationToken cancellationToken)
    {
        try
        {
            var session = await supervisor.StartAsync(cancellationToken);
            if (!options.Placeholder)
                Serve(session);
        }
        catch (FunctionsHostException e)
        {
            Failure = e;
            LogNotStarted(log, e.Message);
        }
    }

    private void Serve(IWorkerSession session)
    {
        table = FunctionTable.From(session.Functions);
        foreach (var (name, error) in table.Errors)
            LogFunctionError(log, name, error);
        pipeline.Routes = new FunctionRoutes(table, RoutePrefix, server.Constraints);
    }

    private T Own<T>(T part) where T : notnull
    {
        parts.Push(part);
        return part;
    }

    [LoggerMessage(30, LogLevel.Error, "The app did not start; every call is answered with 503. {Reason}")]
    private static partial void LogNotStarted(ILogger log, string reason);

    [LoggerMessage(31, LogLevel.Error, "The '{Name}' function is in error: {Reason}")]
    private static partial void LogFunctionError(ILogger log, string name, string reason);
}
