using System.Net.Sockets;
using FunctionsHost.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Yarp.ReverseProxy.Forwarder;

namespace FunctionsHost.Http;

/// <summary>The web server of the host, with the limits of the real one.</summary>
internal sealed class PublicServer : IAsyncDisposable
{
    private const long MaxBodyBytes = 104_857_600;
    private const int MaxHeaderBytes = 32 * 1024;

    private readonly WebApplication app;
    private readonly PublicPort port;

    public PublicServer(PublicPort port, TimeSpan drainTimeout)
    {
        this.port = port;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(port.EndPoint);
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        });
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.CreateBoundListenSocket = _ => Taken());
        builder.Services.AddRouting();
        builder.Services.AddHttpForwarder();
        builder.Services.AddSingleton<IHostLifetime, NoSignalLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = drainTimeout);
        app = builder.Build();
    }

    public IHttpForwarder Forwarder => app.Services.GetRequiredService<IHttpForwarder>();

    public IInlineConstraintResolver Constraints => app.Services.GetRequiredService<IInlineConstraintResolver>();

    /// <summary>Listens. Until then, the port refuses connections.</summary>
    public Task StartAsync(RequestDelegate handle, CancellationToken cancellationToken)
    {
        app.Run(handle);
        return app.StartAsync(cancellationToken);
    }

    /// <summary>Stops after the running calls, at the latest after the drain timeout.</summary>
    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        port.Dispose();
    }

    private Socket Taken() => port.Release();
}
