using Temporalio.Activities;
using Worker.Hosting;
using Worker.Systems;
using Worker.Telemetry;

namespace Worker.Sweeps;

/// <summary>A kind of object that is swept, and where.</summary>
public sealed record SweptSystem(string Type, string Queue);

/// <summary>What carries our mark in the outside systems and no live attempt explains.</summary>
public sealed class OrphanActivities(
    IReadOnlyList<OutsideSystem> systems, IEnumerable<ISystemInventory> inventories, OrphanSweeper sweep,
    WorkerMetrics metrics)
{
    /// <summary>Of the systems that are switched on.</summary>
    [Activity("ListSweptSystems")]
    public Task<IReadOnlyList<SweptSystem>> List() => Task.FromResult<IReadOnlyList<SweptSystem>>(
    [
        .. from system in systems
           join inventory in inventories on system.Id equals inventory.SystemId
           select new SweptSystem(inventory.MarkedType, (system.Queue ?? TaskQueue.Control).Suffix),
    ]);

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
