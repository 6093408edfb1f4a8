using ControlPlane.Provisioning;
using Worker.Hosting;
using Worker.S3;

namespace Worker.Sweeps;

/// <summary>Tenants' buckets, by their tags.</summary>
public sealed class MarkedBuckets(TenantBuckets buckets, WorkerOptions options) : IMarkedObjects
{
    public string Type => ResourceTypes.StorageBucket;

    public string Queue => TaskQueues.S3;

    public async Task<IReadOnlyList<MarkedObject>> ListAsync(CancellationToken cancellation) =>
    [
        .. (await buckets.ListMarkedAsync(cancellation))
            .Where(found => found.Mark.Installation == options.InstallationId)
            .Select(found => new MarkedObject(found.Name, found.Mark)),
    ];

    public async Task<bool> DeleteAsync(MarkedObject found, CancellationToken cancellation)
    {
        if (await buckets.JudgeAsync(found.Name, found.Mark, absentAt: null, cancellation) != Ownership.Ours)
        {
            return false;
        }

        await buckets.DeleteAsync(found.Name, () => Task.CompletedTask, cancellation);
        return true;
    }
}
