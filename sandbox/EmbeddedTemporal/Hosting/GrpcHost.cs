using System.Net;
using EmbeddedTemporal.Rpc;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EmbeddedTemporal.Hosting;

/// <summary>
/// The gRPC host of the server: plain HTTP/2 on the loopback interface, independent of the process's own host.
/// </summary>
internal static class GrpcHost
{
    /// <summary>
    /// A large history in one response needs more than Temporal's limit of requests, which <see
    /// cref="DescriptorServiceBinder"/> checks.
    /// </summary>
    private const int MaxMessageBytes = 128 * 1024 * 1024;

    public static WebApplication Build(EmbeddedTemporalOptions options, object handler)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, options.Port, listen => listen.Protocols = HttpProtocols.Http2);
            // All clients of a process share one connection, and each waiting poll occupies one of its streams. With
            // the default of 100 streams, waiting clients would block the workers' responses.
            kestrel.Limits.Http2.MaxStreamsPerConnection = 10_000;
            kestrel.Limits.MaxRequestBodySize = MaxMessageBytes;
            kestrel.Limits.MinRequestBodyDataRate = null;
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(options.LoggerFactory);
        builder.Services.AddSingleton<IHostLifetime, NullLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = grpc.MaxSendMessageSize = MaxMessageBytes);
        var health = new HealthServiceImpl();
        builder.Services.AddSingleton(health);
        var app = builder.Build();
        app.MapGrpcService<HealthServiceImpl>();
        var logger = options.LoggerFactory.CreateLogger(typeof(DescriptorServiceBinder));
        foreach (var service in Services)
        {
            health.SetStatus(service.FullName, HealthCheckResponse.Types.ServingStatus.Serving);
            app.MapGrpcService(DescriptorServiceBinder.Bind(service, handler, logger));
        }

        return app;
    }

    private static IEnumerable<Google.Protobuf.Reflection.ServiceDescriptor> Services =>
    [
        Temporalio.Api.WorkflowService.V1.ServiceReflection.Descriptor.Services[0],
        Temporalio.Api.OperatorService.V1.ServiceReflection.Descriptor.Services[0],
    ];

    /// <summary>Ignores process signals: the process handles them, not a server inside it.</summary>
    private sealed class NullLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
