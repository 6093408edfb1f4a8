using Temporalio.Activities;
using Worker.Hosting;
using Worker.Systems;
using Worker.Telemetry;

namespace Worker.Sweeps;

/// <summary>A system in the result of ListSweptSystems.</summary>
/// <param name="Type">The type of the objects that are swept.</param>
/// <param name="Queue">The suffix of the task queue of the sweep.</param>
public sealed record SweptSystem(string Type, string Queue);

/// <summary>The activities of the sweep of marked objects in the outside systems.</summary>
public sealed class OrphanActivities(
    IReadOnlyList<OutsideSystem> systems, IEnumerable<ISystemInventory> inventories, OrphanSweeper sweeper,
    WorkerMetrics metrics, TimeProvider time)
{
    /// <summary>Lists the configured systems that have marked objects.</summary>
    [Activity("ListSweptSystems")]
    public Task<IReadOnlyList<SweptSystem>> List() => Task.FromResult<IReadOnlyList<SweptSystem>>(
    [
        .. from system in systems
           join inventory in inventories on system.Id equals inventory.SystemId
           select new SweptSystem(inventory.MarkedType, (system.Queue ?? TaskQueue.Control).Suffix),
    ]);

    /// <summary>Sweeps the objects of one type.</summary>
    [Activity("SweepOrphans")]
    public async Task<OrphanSweepResult> ExecuteAsync(string type)
    {
        var progress = await SweepProgress.ResumeAsync(time);
        var swept = await sweeper.ExecuteAsync(type, progress, ActivityExecutionContext.Current.CancellationToken);
        metrics.SweepFound("left_over", type, swept.Deleted);
        metrics.SweepFound("orphan", type, swept.Orphans);
        metrics.SweepFound("mismarked", type, swept.Mismarked);
        progress.Errors.ThrowIfFailed();
        return swept;
    }
}
