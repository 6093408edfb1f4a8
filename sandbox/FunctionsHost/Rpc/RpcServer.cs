using System.Collections.Concurrent;
using System.Net;
using FunctionsHost.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace FunctionsHost.Rpc;

/// <summary>The server that workers connect to: plain HTTP/2 on a free port of 127.0.0.1.</summary>
internal sealed class RpcServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, WorkerChannel> channels = new();
    private readonly WebApplication app;

    private RpcServer() => app = Build();

    public Uri Address { get; private set; } = null!;

    public static async Task<RpcServer> StartAsync(CancellationToken cancellationToken)
    {
        var server = new RpcServer();
        await server.app.StartAsync(cancellationToken);
        var features = server.app.Services.GetRequiredService<IServer>().Features;
        server.Address = new Uri(features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());
        return server;
    }

    /// <summary>Expects the stream of a worker.</summary>
    public void Expect(string workerId, WorkerChannel channel) => channels[workerId] = channel;

    public void Forget(string workerId) => channels.TryRemove(workerId, out _);

    public WorkerChannel? ChannelOf(string? workerId) =>
        workerId is not null && channels.TryGetValue(workerId, out var channel) ? channel : null;

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private WebApplication Build()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoSignalLifetime>();
        builder.Services.AddSingleton(this);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = grpc.MaxSendMessageSize = int.MaxValue);
        var rpc = builder.Build();
        rpc.UseRouting();
        rpc.MapGrpcService<FunctionRpcService>();
        return rpc;
    }
}
