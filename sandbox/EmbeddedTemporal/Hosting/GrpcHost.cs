using System.Net;
using EmbeddedTemporal.Rpc;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EmbeddedTemporal.Hosting;

/// <summary>
/// The gRPC side of the server: plain HTTP/2 on the loopback interface, independent of the process's own host.
/// </summary>
internal static class GrpcHost
{
    /// <summary>Temporal's own limit is 4 MB; a large history in one answer needs more.</summary>
    private const int MaximumMessage = 128 * 1024 * 1024;

    public static WebApplication Build(EmbeddedTemporalOptions options, object handler)
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
