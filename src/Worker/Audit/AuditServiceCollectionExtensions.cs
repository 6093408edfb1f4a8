using Microsoft.Extensions.DependencyInjection;
using Temporalio.Worker.Interceptors;

namespace Worker.Audit;

public static class AuditServiceCollectionExtensions
{
    /// <summary>Registers the sealing of the audit's rows, and the worker as an actor.</summary>
    public static IServiceCollection AddAudit(this IServiceCollection services) => services
        .AddSingleton<AuditChain>()
        .AddSingleton<IWorkerInterceptor, AuditInterceptor>()
        .AddHostedService<AuditSealing>();
}
