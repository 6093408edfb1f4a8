using ControlPlane.Readings;
using Temporalio.Activities;
using Worker.Hosting;
using Worker.Saga;
using Worker.Systems;

namespace Worker.Readings;

/// <summary>The input of ReadSystem.</summary>
/// <param name="System">The <see cref="OutsideSystem.Id"/>.</param>
public sealed record SystemToRead(Guid TenantId, string System);

/// <summary>The input of SaveUnreadableSystem.</summary>
/// <param name="System">The <see cref="OutsideSystem.Id"/>.</param>
/// <param name="Reason">A sentence without secrets.</param>
public sealed record UnreadableSystem(Guid TenantId, string System, string Reason);

/// <summary>A system in the result of BeginReadings.</summary>
/// <param name="System">The <see cref="OutsideSystem.Id"/>.</param>
/// <param name="Queue">The suffix of the task queue on which it is read.</param>
public sealed record ReadableSystem(string System, string Queue);

/// <summary>The activities that read the outside systems for the objects of a tenant and store the answers.</summary>
public sealed class ReadingActivities(
    IReadOnlyList<OutsideSystem> systems, TenantReader reader, ProvisionedTenants tenants, SystemReadings readings)
{
    private static CancellationToken CancellationToken => ActivityExecutionContext.Current.CancellationToken;

    /// <summary>
    /// The queue of a system's readings: that of its undos, which is rarely busy. Null for a system that is not read.
    /// </summary>
    public static TaskQueue? QueueOf(OutsideSystem system) =>
        system.IsInReadings ? system.Queue?.Undo ?? system.Queue : null;

    /// <summary>The predecessor of BeginReadings, for replays of runs of version 0.1.</summary>
    [Activity("ForgetReadings")]
    public Task ForgetAsync(ReadResidueInput input) => BeginAsync(input);

    /// <summary>Replaces the stored readings of the tenant by a placeholder row for each system.</summary>
    /// <returns>The systems to read.</returns>
    [Activity("BeginReadings")]
    public async Task<IReadOnlyList<ReadableSystem>> BeginAsync(ReadResidueInput input)
    {
        var holders = systems.Where(system => system.IsInReadings).ToList();
        await readings.BeginAsync(
            input.TenantId,
            [.. holders.Select(system => system.IsBuilt
                ? new SystemReading(system.Id, SystemReading.Unreadable, "It did not answer in time.", null, [])
                : new SystemReading(system.Id, SystemReading.NotBuilt, null, null, []))],
            CancellationToken);
        return
        [
            .. holders.Where(system => QueueOf(system) is not null)
                .Select(system => new ReadableSystem(system.Id, QueueOf(system)!.Suffix)),
        ];
    }

    [Activity("ReadSystem")]
    public async Task ReadAsync(SystemToRead input)
    {
        var system = systems.Single(candidate => candidate.Id == input.System);
        var tenant = await tenants.LoadCurrentAsync(input.TenantId, CancellationToken);
        var reading = await reader.ReadAsync(system, tenant, CancellationToken);
        await readings.SaveAsync(
            input.TenantId, input.System, reading.State, reading.Problem, reading.Found, CancellationToken);
    }

    [Activity("SaveUnreadableSystem")]
    public Task SaveUnreadableAsync(UnreadableSystem unread) => readings.SaveAsync(
        unread.TenantId, unread.System, SystemReading.Unreadable, unread.Reason, [], CancellationToken);
}
