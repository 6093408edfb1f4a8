using System.Globalization;
using System.Runtime.CompilerServices;
using ControlPlane;
using ControlPlane.Provisioning;
using ControlPlane.Readings;
using Worker.Hosting;
using Worker.Saga;
using Worker.Sweeps;

namespace Worker.Systems.S3;

/// <summary>
/// Finds buckets of tenants by their tags. An untagged bucket belongs to the attempt that recorded its absence before
/// creating it.
/// </summary>
public sealed class S3Inventory(TenantBuckets buckets, TenantBucketOwnership ownership, WorkerOptions options)
    : ISystemInventory
{
    public string SystemId => S3System.SystemId;

    public string MarkedType => ResourceTypes.StorageBucket;

    public async Task<IReadOnlyList<Finding>> FindAsync(ProvisionedTenant tenant, CancellationToken cancellationToken)
    {
        string bucket = tenant.Resources.Bucket;
        try
        {
            return await ownership.GetOwnershipAsync(tenant, cancellationToken) is { } owner
                ? [await DescribeAsync(tenant, bucket, owner, cancellationToken)]
                : [];
        }
        catch (ControlPlaneException e) when (e.Code == ErrorCode.OwnershipConflict)
        {
            return [new Finding(ResourceTypes.StorageBucket, bucket, null, "It belongs to another account.")];
        }
    }

    public async IAsyncEnumerable<MarkedPage> ListMarkedAsync(
        string after, ErrorCollector errors, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var names = await buckets.ListNamesAsync(cancellationToken);
        await foreach (var page in MarkedPage.ReadAsync(names, after, ReadAsync, errors, cancellationToken))
        {
            yield return page;
        }

        async Task<MarkedObject?> ReadAsync(string name) =>
            await buckets.ReadMarkAsync(name, cancellationToken) is { } mark
                && mark.Installation == options.InstallationId
                    ? new MarkedObject(name, mark)
                    : null;
    }

    public async Task<bool> DeleteAsync(
        MarkedObject found, Func<Task> beforeChange, CancellationToken cancellationToken)
    {
        if (await GetOwnershipAsync(found, cancellationToken) != Ownership.Ours)
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

    private async Task<Finding> DescribeAsync(
        ProvisionedTenant tenant, string bucket, Ownership owner, CancellationToken cancellationToken)
    {
        var mark = await buckets.ReadMarkAsync(bucket, cancellationToken);
        int? attempt = mark is null && owner.CanDelete() ? tenant.Mark.Attempt : tenant.AttemptOf(mark);
        if (attempt is null)
        {
            return new Finding(ResourceTypes.StorageBucket, bucket, null, tenant.Describe(mark));
        }

        int objects = await buckets.CountAsync(bucket, cancellationToken);
        return new Finding(ResourceTypes.StorageBucket, bucket, attempt, string.Create(CultureInfo.InvariantCulture,
            $"{objects}{(objects == TenantBuckets.MaxCounted ? " or more" : "")} object versions"));
    }

    // Deleting a large bucket takes many calls, and another worker can re-mark the bucket between two of them.
    private async Task RequireUnchangedAsync(MarkedObject found, CancellationToken cancellationToken)
    {
        if (await GetOwnershipAsync(found, cancellationToken) is not (null or Ownership.Ours))
        {
            throw new ControlPlaneException(ErrorCode.WrongState,
                $"The bucket {found.Name} was re-marked while it was being deleted; its remaining objects were kept.");
        }
    }

    private Task<Ownership?> GetOwnershipAsync(MarkedObject found, CancellationToken cancellationToken) =>
        buckets.GetOwnershipAsync(found.Name, found.Mark, absentAt: null, cancellationToken);
}
