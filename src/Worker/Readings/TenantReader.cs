using ControlPlane.Provisioning;
using ControlPlane.Readings;
using Worker.Saga;
using Worker.Systems;
using Worker.Telemetry;

namespace Worker.Readings;

/// <summary>Reads one outside system for the objects of a tenant.</summary>
/// <param name="inventories">Those of the systems that are configured.</param>
/// <param name="resources">Everything that was ever planned.</param>
public sealed class TenantReader(IEnumerable<ISystemInventory> inventories, ResourceRecords resources)
{
    /// <summary>A system that is off counts as unread while records say that something was made in it.</summary>
    public async Task<SystemReading> ReadAsync(
        OutsideSystem system, ProvisionedTenant tenant, CancellationToken cancellationToken)
    {
        if (!system.IsBuilt)
        {
            return new SystemReading(system.Id, SystemReading.NotBuilt, null, null, []);
        }

        if (inventories.FirstOrDefault(inventory => inventory.SystemId == system.Id) is { } inventory)
        {
            return new SystemReading(
                system.Id, SystemReading.Read, null, null, await inventory.FindAsync(tenant, cancellationToken));
        }

        var made = (await resources.ListNotDeletedAsync(tenant.Tenant.Id, cancellationToken))
            .Where(resource => system.ResourceTypes.Contains(resource.Type))
            .Select(resource => Masked.Text($"{resource.Type} {resource.Name}"))
            .ToList();
        string? problem = made.Count == 0
            ? null
            : $"It is switched off, and cannot be asked for {string.Join(", ", made)}.";
        return new SystemReading(system.Id, SystemReading.NotConfigured, problem, null, []);
    }
}
