using System.Text.Json;
using ControlPlane.Provisioning;
using Worker.Hosting;
using Worker.Saga;

namespace Worker.Systems.S3;

/// <summary>
/// Whose a tenant's bucket is: by its tags, and before it has any by what this very attempt recorded before creating
/// it.
/// </summary>
public sealed class TenantBucketOwnership(TenantBuckets buckets, ResourceRecords resources)
{
    /// <returns>Null when it is not there.</returns>
    /// <exception cref="ControlPlane.ControlPlaneException">It belongs to another account.</exception>
    public async Task<Ownership?> JudgeAsync(ProvisionedTenant tenant, CancellationToken cancellationToken) =>
        await JudgeAsync(tenant, await FindDetailsAsync(tenant, cancellationToken), cancellationToken);

    /// <inheritdoc cref="JudgeAsync(ProvisionedTenant, CancellationToken)"/>
    public Task<Ownership?> JudgeAsync(
        ProvisionedTenant tenant, BucketDetails? known, CancellationToken cancellationToken) =>
        buckets.JudgeAsync(tenant.Resources.Bucket, tenant.Mark, known?.AbsentAt, cancellationToken);

    public async Task<BucketDetails?> FindDetailsAsync(ProvisionedTenant tenant, CancellationToken cancellationToken) =>
        await resources.FindDetailsAsync(
            tenant.Tenant.Id, tenant.Mark.Attempt, ResourceTypes.StorageBucket, tenant.Resources.Bucket,
            cancellationToken)
            is { } json
            ? JsonSerializer.Deserialize<BucketDetails>(json, WorkerJson.Options)
            : null;
}

/// <summary>What a bucket's resource record remembers besides its name.</summary>
/// <param name="AbsentAt">By the server's clock, before anything was created.</param>
/// <param name="NotSupported">What the server, of another make than AWS's, does not know.</param>
public sealed record BucketDetails(DateTimeOffset? AbsentAt, IReadOnlyList<string> NotSupported)
{
    public string ToJson() => JsonSerializer.Serialize(this, WorkerJson.Options);
}
