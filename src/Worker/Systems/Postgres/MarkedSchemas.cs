using ControlPlane.Provisioning;
using Worker.Hosting;
using Worker.Sweeps;

namespace Worker.Systems.Postgres;

/// <summary>Tenants' schemas and roles, by the mark in the comment on the role, which no tenant can change.</summary>
public sealed class MarkedSchemas(TenantSchemas schemas, WorkerOptions options) : IMarkedObjects
{
    public string Type => ResourceTypes.DatabaseSchema;

    public string Queue => TaskQueues.Postgres;

    public async Task<IReadOnlyList<MarkedObject>> ListAsync(
        ErrorCollector each, CancellationToken cancellationToken) =>
    [
        .. (await schemas.ListMarkedAsync(cancellationToken))
            .Where(found => found.Mark.Installation == options.InstallationId)
            .Select(found => new MarkedObject(found.Name, found.Mark)),
    ];

    // One transaction under the lock of the name: what it reads is what it drops, and a new attempt waits for its end.
    public async Task<bool> DeleteAsync(
        MarkedObject found, Func<Task> beforeChange, CancellationToken cancellationToken)
    {
        bool isThere = await schemas.FindAsync(found.Name, found.Mark, cancellationToken) != (false, false);
        await schemas.DropAsync(found.Name, found.Mark, beforeChange, cancellationToken);
        return isThere;
    }
}
