using ControlPlane.Provisioning;
using ControlPlane.Readings;
using Worker.Saga;
using Worker.Systems;
using Worker.Telemetry;

namespace Worker.Readings;

/// <summary>Reads one outside system for the objects of a tenant.</summary>
/// <param name="inventories">The inventories of the configured systems.</param>
/// <param name="resources">The resource records.</param>
public sealed class TenantReader(IEnumerable<ISystemInventory> inventories, ResourceRecords resources)
{
    /// <summary>
    /// Reads a system. The answer for a system that is not configured is incomplete when records name objects in it.
    /// </summary>
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

        var recorded = (await resources.ListNotDeletedAsync(tenant.Tenant.Id, cancellationToken))
            .Where(resource => system.ResourceTypes.Contains(resource.Type))
            .Select(resource => Masked.Text($"{resource.Type} {resource.Name}"))
            .ToList();
        string? problem = recorded.Count == 0
            ? null
            : $"It is not configured and cannot be searched for {string.Join(", ", recorded)}.";
        return new SystemReading(system.Id, SystemReading.NotConfigured, problem, null, []);
    }
}
