using System.Text.Json;
using ControlPlane.Provisioning;
using Worker.Hosting;
using Worker.Saga;

namespace Worker.Systems.S3;

/// <summary>
/// Determines the owner of a tenant's bucket by its tags. An untagged bucket is judged by the absence that this attempt
/// recorded before it created the bucket.
/// </summary>
public sealed class TenantBucketOwnership(TenantBuckets buckets, ResourceRecords resources)
{
    /// <returns>Null when the bucket does not exist.</returns>
    /// <exception cref="ControlPlane.ControlPlaneException">The bucket belongs to another account.</exception>
    public async Task<Ownership?> GetOwnershipAsync(ProvisionedTenant tenant, CancellationToken cancellationToken) =>
        await GetOwnershipAsync(tenant, await FindDetailsAsync(tenant, cancellationToken), cancellationToken);

    /// <inheritdoc cref="GetOwnershipAsync(ProvisionedTenant, CancellationToken)"/>
    public Task<Ownership?> GetOwnershipAsync(
        ProvisionedTenant tenant, BucketDetails? known, CancellationToken cancellationToken) =>
        buckets.GetOwnershipAsync(tenant.Resources.Bucket, tenant.Mark, known?.AbsentAt, cancellationToken);

    public async Task<BucketDetails?> FindDetailsAsync(ProvisionedTenant tenant, CancellationToken cancellationToken) =>
        await resources.FindDetailsAsync(
            tenant.Tenant.Id, tenant.Mark.Attempt, ResourceTypes.StorageBucket, tenant.Resources.Bucket,
            cancellationToken)
            is { } json
            ? JsonSerializer.Deserialize<BucketDetails>(json, WorkerJson.Options)
            : null;
}
