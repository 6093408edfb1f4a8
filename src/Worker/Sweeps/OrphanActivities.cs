using Temporalio.Activities;
using Worker.Telemetry;

namespace Worker.Sweeps;

/// <summary>A kind of object that is swept, and where.</summary>
public sealed record SweptSystem(string Type, string Queue);

/// <summary>What carries our mark in the outside systems and no live attempt explains.</summary>
public sealed class OrphanActivities(IEnumerable<IMarkedObjects> systems, OrphanSweeper sweep, WorkerMetrics metrics)
{
    /// <summary>Of the systems that are switched on.</summary>
    [Activity("ListSweptSystems")]
    public Task<IReadOnlyList<SweptSystem>> List() => Task.FromResult<IReadOnlyList<SweptSystem>>(
        [.. systems.Select(system => new SweptSystem(system.Type, system.Queue))]);

    [Activity("SweepOrphans")]
    public async Task<OrphanSweepResult> ExecuteAsync(string type)
    {
        var each = new ErrorCollector();
        var swept = await sweep.ExecuteAsync(type, each, ActivityExecutionContext.Current.CancellationToken);
        metrics.SweepFound("left_over", type, swept.Deleted);
        metrics.SweepFound("orphan", type, swept.Orphans);
        metrics.SweepFound("mismarked", type, swept.Mismarked);
        each.ThrowIfFailed();
        return swept;
    }
}
