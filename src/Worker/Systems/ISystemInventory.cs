using ControlPlane.Readings;
using Worker.Saga;
using Worker.Sweeps;

namespace Worker.Systems;

/// <summary>An object in an outside system that carries this installation's mark.</summary>
/// <param name="Name">The current name; a tenant may have renamed it.</param>
/// <param name="Mark">The owner, as far as the system can prove it.</param>
public sealed record MarkedObject(string Name, OwnershipMark Mark);

/// <summary>
/// Which objects exist in one outside system, read from the system itself. The single reading for the residue of a
/// step, for <c>GET /tenants/{id}/residue</c> and for the sweep.
/// </summary>
public interface ISystemInventory
{
    /// <summary>The <see cref="OutsideSystem.Id"/>.</summary>
    string SystemId { get; }

    /// <summary>The type of resource record that carries the mark and is swept as a whole.</summary>
    string MarkedType { get; }

    /// <summary>Finds every object with the tenant's names or marks, of any attempt or owner.</summary>
    Task<IReadOnlyList<Finding>> FindAsync(ProvisionedTenant tenant, CancellationToken cancellationToken);

    /// <summary>Lists every marked object of this installation, and nothing else.</summary>
    /// <param name="errors">Collects the objects that cannot be read, so that the others are listed.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<IReadOnlyList<MarkedObject>> ListMarkedAsync(ErrorCollector errors, CancellationToken cancellationToken);

    /// <summary>Deletes an object while it still is the one that was listed.</summary>
    /// <param name="found">The object as listed.</param>
    /// <param name="beforeChange">Called before each call that changes something; throws to forbid the change.</param>
    /// <param name="cancellationToken">Ends the work between two calls.</param>
    /// <returns>False when it is another object by now.</returns>
    Task<bool> DeleteAsync(MarkedObject found, Func<Task> beforeChange, CancellationToken cancellationToken);
}
