using ControlPlane.Readings;
using Worker.Saga;

namespace Worker.Readings;

/// <summary>What exists of a tenant in one system, and whose it is, from the system itself. Changes nothing.</summary>
public interface ITenantInSystem
{
    /// <summary>One of <see cref="TenantSystems"/>.</summary>
    string System { get; }

    /// <summary>Everything that has the tenant's names or marks, of whichever attempt or owner.</summary>
    Task<IReadOnlyList<Finding>> FindAsync(ProvisionedTenant tenant, CancellationToken cancellationToken);
}
