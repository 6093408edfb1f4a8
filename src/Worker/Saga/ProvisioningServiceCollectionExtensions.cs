using ControlPlane.Provisioning;
using ControlPlane.Settings;
using Microsoft.Extensions.DependencyInjection;
using Temporalio.Worker.Interceptors;
using Worker.Hosting;
using Worker.Steps;
using Worker.Systems;

namespace Worker.Saga;

public static class ProvisioningServiceCollectionExtensions
{
    /// <summary>Registers the workflows of the saga, and the activities of each step on the step's queues.</summary>
    public static IServiceCollection AddProvisioning(
        this IServiceCollection services, IReadOnlyList<OutsideSystem> systems, SettingsReader settings)
    {
        foreach (var step in StepList.All)
        {
            var queue = step.Options.Queue;
            services.AddTemporalActivities(step.Type, queue.Undo is { } undo ? [queue, undo] : [queue]);
        }

        return services
            .AddSingleton(StepSwitches.From(systems, settings))
            .AddSingleton<ProvisioningJournal>()
            .AddSingleton<StepResidue>()
            .AddTransient<AttemptGuard>()
            .AddSingleton(TimeoutScale.From(settings))
            // The first interceptor is the outermost one.
            .AddSingleton<IWorkerInterceptor, UnreadableInputInterceptor>()
            .AddSingleton<IWorkerInterceptor, TimeoutScaleInterceptor>()
            .AddSingleton<IWorkerInterceptor, HeartbeatInterceptor>()
            .AddSingleton<IWorkerInterceptor, FailureInterceptor>()
            .AddSingleton<IWorkerInterceptor, StepJournal>()
            .AddTemporalActivities(typeof(RollbackActivities), TaskQueue.Control)
            .AddTemporalWorkflow<ProvisionTenantWorkflow>()
            .AddTemporalWorkflow<RollBackTenantWorkflow>();
    }
}
