using Microsoft.Extensions.DependencyInjection;

namespace Worker.Hosting;

/// <summary>A workflow class. All workflows run on the base queue.</summary>
public sealed record WorkflowRegistration(Type Workflow);

/// <summary>A class with activities, created by the container for each call, and the queues that serve it.</summary>
public sealed record ActivityRegistration(Type Activities, IReadOnlyList<TaskQueue> Queues);

public static class RegistrationExtensions
{
    public static IServiceCollection AddTemporalWorkflow<TWorkflow>(this IServiceCollection services) =>
        services.AddSingleton(new WorkflowRegistration(typeof(TWorkflow)));

    public static IServiceCollection AddTemporalActivities(
        this IServiceCollection services, Type activities, params IReadOnlyList<TaskQueue> queues) =>
        services.AddTransient(activities).AddSingleton(new ActivityRegistration(activities, queues));
}
