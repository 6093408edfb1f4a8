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
/// A Temporal server inside this process, for the unmodified Temporal SDK and CLI: gRPC over plain HTTP/2 on the
/// loopback interface. It is meant for development and tests: no TLS, no authentication, one process.
/// <example>
/// <code>
/// await using var server = await EmbeddedTemporalServer.StartAsync(new EmbeddedTemporalOptions());
/// var client = await TemporalClient.ConnectAsync(new(server.Address));
/// </code>
/// </example>
/// What it has not built (calendars of schedules, reset, update with start, Nexus, versioning and others) answers
/// Unimplemented.
/// </summary>
public sealed partial class EmbeddedTemporalServer : IAsyncDisposable
{
    /// <summary>How long a poll or a wait for news is held open; below the 70 s that the SDK waits.</summary>
    private static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(60);

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

    /// <summary>The port it listens on.</summary>
    public int Port { get; }

    /// <summary>What a client connects to, such as <c>127.0.0.1:7233</c>.</summary>
    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Starts a server; when the task ends it accepts calls.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="IOException">The port is in use, or the database file cannot be opened or read.</exception>
    public static async Task<EmbeddedTemporalServer> StartAsync(
        EmbeddedTemporalOptions options, CancellationToken cancellationToken = default)
    {
        Check(options);
        var store = OpenStore(options);
        var shard = new Shard(options.TimeProvider, store, options.LoggerFactory.CreateLogger<Shard>());
        WebApplication? app = null;
        try
        {
            await shard.Turn(() => Recovery.Load(shard, options));
            app = GrpcHost.Build(options, new WorkflowServiceHandler(shard, LongPoll));
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
    /// While the returned scope is open, waiting takes no time: whenever no workflow task is open and no activity
    /// is due or started, the clock is advanced to the next timer, retry or timeout.
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
    /// Advances <see cref="EmbeddedTemporalOptions.TimeProvider"/> by the given time. It is called with the server
    /// standing still and must not wait for anything.
    /// </param>
    /// <param name="patience">
    /// In real time: a task that a worker has had for so long without a sign of life is lost (its worker went away as
    /// it was handed over), and no longer keeps the clock from its timeout. Half a minute if not given.
    /// </param>
    public IDisposable SkipTime(Action<TimeSpan> advance, TimeSpan? patience = null) =>
        new TimeSkipping(shard, advance, patience ?? TimeSpan.FromSeconds(30));

    /// <summary>Stops: waiting polls end as Unavailable, and all state is on disk if there is a file.</summary>
    public async ValueTask DisposeAsync()
    {
        await shard.Stopping.CancelAsync();
        await app.StopAsync();
        await app.DisposeAsync();
        shard.Dispose();
        await store.DisposeAsync();
    }

    private static void Check(EmbeddedTemporalOptions options)
    {
        if (options.Port is < 0 or > IPEndPoint.MaxPort)
            throw new ArgumentException($"Port is {options.Port}, expected 0 to {IPEndPoint.MaxPort}", nameof(options));
        if (options.Retention < Namespaces.MinimumRetention)
            throw new ArgumentException($"Retention is {options.Retention}, expected an hour or more", nameof(options));
        if (options.Namespaces.Any(string.IsNullOrWhiteSpace))
            throw new ArgumentException("Namespaces has an empty name", nameof(options));
    }

    private static IRunStore OpenStore(EmbeddedTemporalOptions options) =>
        options.DatabaseFile is { } file ? SqliteRunStore.Open(file) : new MemoryRunStore();

    [LoggerMessage(2, LogLevel.Information, "Temporal listens on {Address} (namespaces: {Namespaces}; state: {State})")]
    private static partial void LogListening(ILogger logger, string address, string namespaces, string state);
}
