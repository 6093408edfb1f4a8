using System.Globalization;
using ControlPlane;
using ControlPlane.Provisioning;
using ControlPlane.Readings;
using Worker.Readings;
using Worker.Saga;

namespace Worker.Systems.S3;

/// <summary>
/// The bucket, with its object count. One without tags may be ours: its creation was recorded before.
/// </summary>
public sealed class TenantInS3(TenantBuckets buckets, TenantStorage storage) : ITenantInSystem
{
    public string System => TenantSystems.S3;

    public async Task<IReadOnlyList<Finding>> FindAsync(ProvisionedTenant tenant, CancellationToken cancellationToken)
    {
        string bucket = tenant.Resources.Bucket;
        try
        {
            return await storage.JudgeAsync(tenant, cancellationToken) is { } ownership
                ? [await DescribeAsync(tenant, bucket, ownership, cancellationToken)]
                : [];
        }
        catch (ControlPlaneException e) when (e.Code == ErrorCode.OwnershipConflict)
        {
            return [new Finding(ResourceTypes.StorageBucket, bucket, null, "It belongs to another account.")];
        }
    }

    private async Task<Finding> DescribeAsync(
        ProvisionedTenant tenant, string bucket, Ownership ownership, CancellationToken cancellationToken)
    {
        var mark = await buckets.ReadMarkAsync(bucket, cancellationToken);
        int? attempt = mark is null && ownership.IsOursToDelete() ? tenant.Mark.Attempt : tenant.AttemptOf(mark);
        if (attempt is null)
        {
            return new Finding(ResourceTypes.StorageBucket, bucket, null, tenant.Describe(mark));
        }

        int objects = await buckets.CountAsync(bucket, cancellationToken);
        return new Finding(ResourceTypes.StorageBucket, bucket, attempt, string.Create(CultureInfo.InvariantCulture,
            $"{objects}{(objects == TenantBuckets.MaxCounted ? " or more" : "")} object versions"));
    }
}
