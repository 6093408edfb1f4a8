using System.Net;
using EmbeddedTemporal.Engine;
using EmbeddedTemporal.Hosting;
using EmbeddedTemporal.Services;
using EmbeddedTemporal.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EmbeddedTemporal;

/// <summary>
/// An in-process Temporal server for the unmodified Temporal SDK and CLI: gRPC over plain HTTP/2 on the loopback
/// interface. It is for development and tests: no TLS, no authentication, one process.
/// <example>
/// <code>
/// await using var server = await EmbeddedTemporalServer.StartAsync(new EmbeddedTemporalOptions());
/// var client = await TemporalClient.ConnectAsync(new(server.Address));
/// </code>
/// </example>
/// Unsupported features (schedule calendars, reset, update with start, Nexus, versioning and others) answer
/// Unimplemented.
/// </summary>
public sealed partial class EmbeddedTemporalServer : IAsyncDisposable
{
    /// <summary>The duration of a long poll; below the SDK's timeout of 70 s.</summary>
    private static readonly TimeSpan LongPollTimeout = TimeSpan.FromSeconds(60);

    private readonly WebApplication app;
    private readonly Shard shard;
    private readonly IRunStore store;

    private EmbeddedTemporalServer(WebApplication app, Shard shard, IRunStore store)
    {
        this.app = app;
        this.shard = shard;
        this.store = store;
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        Port = new Uri(addresses.Addresses.Single()).Port;
    }

    /// <summary>The TCP port on which the server listens.</summary>
    public int Port { get; }

    /// <summary>The address for clients, such as <c>127.0.0.1:7233</c>.</summary>
    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Starts a server. The server accepts calls once the returned task has completed.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="IOException">The port is in use, or the database file cannot be opened or read.</exception>
    public static async Task<EmbeddedTemporalServer> StartAsync(
        EmbeddedTemporalOptions options, CancellationToken cancellationToken = default)
    {
        Validate(options);
        var store = OpenStore(options);
        var shard = new Shard(options.TimeProvider, store, options.LoggerFactory.CreateLogger<Shard>());
        WebApplication? app = null;
        try
        {
            await shard.ExecuteAsync(() => Recovery.Load(shard, options));
            app = GrpcHost.Build(options, new WorkflowServiceHandler(shard, LongPollTimeout));
            await app.StartAsync(cancellationToken);
            var server = new EmbeddedTemporalServer(app, shard, store);
            LogListening(
                options.LoggerFactory.CreateLogger<EmbeddedTemporalServer>(),
                server.Address,
                string.Join(", ", options.Namespaces),
                options.DatabaseFile ?? "memory");
            return server;
        }
        catch
        {
            if (app is not null) await app.DisposeAsync();
            shard.Dispose();
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Skips waiting times until the returned scope is disposed: whenever no workflow task is open and no activity is
    /// due or started, the clock advances to the next timer, retry or timeout.
    /// <example>
    /// <code>
    /// var clock = new FakeTimeProvider();
    /// await using var server = await EmbeddedTemporalServer.StartAsync(new() { TimeProvider = clock });
    /// ...
    /// using (server.SkipTime(clock.Advance)) await handle.GetResultAsync();
    /// </code>
    /// </example>
    /// </summary>
    /// <param name="advance">
    /// Advances <see cref="EmbeddedTemporalOptions.TimeProvider"/> by the given time. It is called under the server's
    /// lock and must not block.
    /// </param>
    /// <param name="lostTaskTimeout">
    /// The real time after which a task counts as lost if its worker has not contacted the server, for example because
    /// the worker disconnected during dispatch. A lost task no longer prevents the clock from advancing to the task's
    /// timeout. The default is 30 s.
    /// </param>
    public IDisposable SkipTime(Action<TimeSpan> advance, TimeSpan? lostTaskTimeout = null) =>
        new TimeSkipping(shard, advance, lostTaskTimeout ?? TimeSpan.FromSeconds(30));

    /// <summary>Stops the server: waiting polls end with Unavailable, and a database file holds all state.</summary>
    public async ValueTask DisposeAsync()
    {
        await shard.Stopping.CancelAsync();
        await app.StopAsync();
        await app.DisposeAsync();
        shard.Dispose();
        await store.DisposeAsync();
    }

    private static void Validate(EmbeddedTemporalOptions options)
    {
        if (options.Port is < 0 or > IPEndPoint.MaxPort)
            throw new ArgumentException($"Port is {options.Port}, expected 0 to {IPEndPoint.MaxPort}", nameof(options));
        if (options.Retention < Namespaces.MinRetention)
            throw new ArgumentException($"Retention is {options.Retention}, expected an hour or more", nameof(options));
        if (options.Namespaces.Any(string.IsNullOrWhiteSpace))
            throw new ArgumentException("Namespaces has an empty name", nameof(options));
    }

    private static IRunStore OpenStore(EmbeddedTemporalOptions options) =>
        options.DatabaseFile is { } file ? SqliteRunStore.Open(file) : new MemoryRunStore();

    [LoggerMessage(2, LogLevel.Information, "Temporal listens on {Address} (namespaces: {Namespaces}; state: {State})")]
    private static partial void LogListening(ILogger logger, string address, string namespaces, string state);
}
