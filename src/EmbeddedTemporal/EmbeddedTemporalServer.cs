using System.Net;
using EmbeddedTemporal.Rpc;
using EmbeddedTemporal.Runs;
using EmbeddedTemporal.Services;
using EmbeddedTemporal.Storage;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

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
/// What it has not built (schedules, reset, update with start, Nexus, versioning and others) answers Unimplemented.
/// </summary>
public sealed class EmbeddedTemporalServer : IAsyncDisposable
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
        var shard = new Shard(options.TimeProvider, store);
        WebApplication? app = null;
        try
        {
            await shard.Turn(() => Recovery.Load(shard, options));
            app = Build(options, shard);
            await app.StartAsync(cancellationToken);
            return new EmbeddedTemporalServer(app, shard, store);
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
    public IDisposable SkipTime(Action<TimeSpan> advance) => new TimeSkipping(shard, advance);

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

    private static WebApplication Build(EmbeddedTemporalOptions options, Shard shard)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, options.Port, listen => listen.Protocols = HttpProtocols.Http2);
            // All clients of a process share one connection, and each waiting poll takes a stream of it: with the
            // default of 100, waiting clients would keep the workers' answers out.
            kestrel.Limits.Http2.MaxStreamsPerConnection = 10_000;
            kestrel.Limits.MaxRequestBodySize = MaximumMessage;
            kestrel.Limits.MinRequestBodyDataRate = null;
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(options.LoggerFactory);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = grpc.MaxSendMessageSize = MaximumMessage);
        var health = new HealthServiceImpl();
        var handler = new WorkflowServiceHandler(shard, LongPoll);
        builder.Services.AddSingleton(health);
        var app = builder.Build();
        app.MapGrpcService<HealthServiceImpl>();
        foreach (var service in Served)
        {
            health.SetStatus(service.FullName, HealthCheckResponse.Types.ServingStatus.Serving);
            app.MapGrpcService(DescriptorServiceBinder.Bind(service, handler));
        }

        return app;
    }

    /// <summary>Temporal's own limit is 4 MB; a large history in one answer needs more.</summary>
    private const int MaximumMessage = 128 * 1024 * 1024;

    private static IEnumerable<Google.Protobuf.Reflection.ServiceDescriptor> Served =>
    [
        Temporalio.Api.WorkflowService.V1.ServiceReflection.Descriptor.Services[0],
        Temporalio.Api.OperatorService.V1.ServiceReflection.Descriptor.Services[0],
    ];

    /// <summary>The process decides about its signals, not a server inside it.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
