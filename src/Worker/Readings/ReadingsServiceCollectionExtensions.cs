using Microsoft.Extensions.DependencyInjection;
using Worker.Hosting;
using Worker.Systems;

namespace Worker.Readings;

public static class ReadingsServiceCollectionExtensions
{
    /// <summary>Registers the workflow that reads every system for the objects of a tenant.</summary>
    public static IServiceCollection AddReadings(
        this IServiceCollection services, IReadOnlyList<OutsideSystem> systems) =>
        services
            .AddTemporalActivities(typeof(ReadingActivities),
                [TaskQueue.Control, .. systems.Select(ReadingActivities.QueueOf).OfType<TaskQueue>()])
            .AddTemporalWorkflow<ReadResidueWorkflow>();
}
