using ControlPlane.Readings;
using Worker.Saga;
using Worker.Sweeps;

namespace Worker.Systems;

/// <summary>
/// Reads which objects exist in one outside system, from the system itself. The residue of a step,
/// <c>GET /tenants/{id}/residue</c> and the sweep all use it, so that they agree.
/// </summary>
public interface ISystemInventory
{
    /// <summary>The <see cref="OutsideSystem.Id"/>.</summary>
    string SystemId { get; }

    /// <summary>
    /// The resource type whose objects carry the mark. The sweep deletes such an object with all its contents.
    /// </summary>
    string MarkedType { get; }

    /// <summary>Finds every object with the tenant's names or marks, of any attempt or owner.</summary>
    Task<IReadOnlyList<Finding>> FindAsync(ProvisionedTenant tenant, CancellationToken cancellationToken);

    /// <summary>Lists every marked object of this installation, and nothing else.</summary>
    /// <param name="after">The <see cref="MarkedPage.Last"/> of an earlier try; "": from the beginning.</param>
    /// <param name="errors">Collects the errors of objects that cannot be read; the others are still listed.</param>
    /// <param name="cancellationToken">Cancels the calls.</param>
    IAsyncEnumerable<MarkedPage> ListMarkedAsync(
        string after, ErrorCollector errors, CancellationToken cancellationToken);

    /// <summary>Deletes an object, unless another object has taken its name since it was listed.</summary>
    /// <param name="found">The object as listed.</param>
    /// <param name="beforeChange">Called before each changing call; throws to prevent the change.</param>
    /// <param name="cancellationToken">Cancels the deletion between two calls.</param>
    /// <returns>False when the listed object no longer exists or carries another mark.</returns>
    Task<bool> DeleteAsync(MarkedObject found, Func<Task> beforeChange, CancellationToken cancellationToken);
}
