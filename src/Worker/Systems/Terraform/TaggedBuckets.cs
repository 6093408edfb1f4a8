using ControlPlane.Tenants;
using Worker.Saga;
using Worker.Systems.S3;

namespace Worker.Systems.Terraform;

/// <summary>
/// Finds buckets of a module by their tags, also such as never reached the state. Their names begin with the module's
/// <c>bucket_prefix</c>. Without an object store of the worker there is nothing to search.
/// </summary>
/// <param name="buckets">The worker's object store; null where it is switched off.</param>
/// <param name="keys">The names' prefix.</param>
public sealed class TaggedBuckets(TenantBuckets? buckets, TenantKeyOptions keys)
{
    /// <summary>Finds the buckets with the mark of this attempt, or of an earlier one.</summary>
    public async Task<IReadOnlyList<MarkedObject>> FindAsync(
        ProvisionedTenant tenant, CancellationToken cancellationToken)
    {
        var found = new List<MarkedObject>();
        if (buckets is null)
        {
            return found;
        }

        string prefix = $"{keys.BucketPrefix}tenant-{tenant.Tenant.Key}-";
        foreach (string name in await buckets.ListNamesAsync(prefix, cancellationToken))
        {
            // Provision Storage makes the other one, with the same tags.
            if (name != tenant.Resources.Bucket
                && await buckets.ReadMarkAsync(name, cancellationToken) is { } mark
                && tenant.Mark.GetOwnership(mark).CanDelete())
            {
                found.Add(new MarkedObject(name, mark));
            }
        }

        return found;
    }

    /// <summary>Deletes the buckets with their contents.</summary>
    public async Task DeleteAsync(
        ProvisionedTenant tenant, Func<Task> beforeChange, CancellationToken cancellationToken)
    {
        foreach (var bucket in await FindAsync(tenant, cancellationToken))
        {
            await buckets!.DeleteAsync(bucket.Name, beforeChange, cancellationToken);
        }
    }
}
