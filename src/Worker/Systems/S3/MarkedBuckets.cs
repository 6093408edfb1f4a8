using ControlPlane;
using ControlPlane.Provisioning;
using Worker.Hosting;
using Worker.Sweeps;

namespace Worker.Systems.S3;

/// <summary>Tenants' buckets, by their tags.</summary>
public sealed class MarkedBuckets(TenantBuckets buckets, WorkerOptions options) : IMarkedObjects
{
    public string Type => ResourceTypes.StorageBucket;

    public string Queue => TaskQueues.S3;

    public async Task<IReadOnlyList<MarkedObject>> ListAsync(ErrorCollector each, CancellationToken cancellationToken)
    {
        var found = new List<MarkedObject>();
        foreach (string name in await buckets.ListNamesAsync(cancellationToken))
        {
            await each.TryAsync(
                name,
                async () =>
                {
                    if (await buckets.ReadMarkAsync(name, cancellationToken) is { } mark
                        && mark.Installation == options.InstallationId)
                    {
                        found.Add(new MarkedObject(name, mark));
                    }
                },
                cancellationToken);
        }

        return found;
    }

    public async Task<bool> DeleteAsync(
        MarkedObject found, Func<Task> beforeChange, CancellationToken cancellationToken)
    {
        if (await JudgeAsync(found, cancellationToken) != Ownership.Ours)
        {
            return false;
        }

        await buckets.DeleteAsync(
            found.Name,
            async () =>
            {
                await RequireUnchangedAsync(found, cancellationToken);
                await beforeChange();
            },
            cancellationToken);
        return true;
    }

    // A large one takes many calls, and another worker can mark it anew between two of them.
    private async Task RequireUnchangedAsync(MarkedObject found, CancellationToken cancellationToken)
    {
        if (await JudgeAsync(found, cancellationToken) is not (null or Ownership.Ours))
        {
            throw new ControlPlaneException(ErrorCode.WrongState,
                $"The bucket {found.Name} was marked anew while it was being deleted; what is left of it stays.");
        }
    }

    private Task<Ownership?> JudgeAsync(MarkedObject found, CancellationToken cancellationToken) =>
        buckets.JudgeAsync(found.Name, found.Mark, absentAt: null, cancellationToken);
}
