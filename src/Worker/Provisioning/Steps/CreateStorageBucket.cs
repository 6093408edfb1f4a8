using System.Text.Json;
using ControlPlane;
using ControlPlane.Provisioning;
using Temporalio.Activities;
using Worker.Hosting;
using Worker.S3;

namespace Worker.Provisioning.Steps;

/// <summary>5: the tenant's private, tagged bucket. Undo: all versions and uploads, then the bucket.</summary>
public sealed class CreateStorageBucket(
    TenantBuckets buckets,
    ProvisionedTenants tenants,
    ResourceRecords resources,
    ResidueRecords residue,
    AttemptGuard guard) : ICompensatedStep
{
    public static string Id => ProvisioningSteps.ProvisionStorage;

    public static string Announcement => "Creating storage bucket";

    public static StepOptions Options => StepOptions.Outside(TaskQueues.S3);

    public static IReadOnlyList<string> ResourceTypes { get; } =
        [ControlPlane.Provisioning.ResourceTypes.StorageBucket];

    private static CancellationToken Cancellation => ActivityExecutionContext.Current.CancellationToken;

    [Activity("ProvisionStorage")]
    public async Task ExecuteAsync(ProvisionTenantInput input)
    {
        var tenant = await tenants.LoadAsync(input, Cancellation);
        string bucket = tenant.Resources.Bucket;
        var beforeChange = guard.BeforeChange(input);
        var known = await KnownAsync(input, bucket);
        if (await buckets.AbsentAtAsync(bucket, Cancellation) is { } absentAt)
        {
            known = new BucketDetails(absentAt, []);
        }

        await resources.PlanAsync(
            input.TenantId, input.Attempt, ResourceTypes[0], bucket, known?.ToJson(), Cancellation);
        if (await JudgeAsync(tenant, known) is null)
        {
            await beforeChange();
            if (!await buckets.CreateAsync(bucket, Cancellation)
                && await JudgeAsync(tenant, known) is null)
            {
                throw new ControlPlaneException(ErrorCode.OwnershipConflict,
                    $"The bucket {bucket} belongs to another account. It was not touched.");
            }
        }

        await beforeChange();
        await buckets.TagAsync(bucket, tenant.Mark, Cancellation);
        await beforeChange();
        var made = (known ?? new BucketDetails(null, [])) with
        {
            NotSupported = await buckets.BlockPublicAccessAsync(bucket, Cancellation) ? [] : ["public_access_block"],
        };
        await resources.CreatedAsync(
            input.TenantId, input.Attempt, ResourceTypes[0], bucket, made.ToJson(), Cancellation);
    }

    [Activity("DeleteStorage")]
    public async Task CompensateAsync(ProvisionTenantInput input)
    {
        var tenant = await tenants.LoadAsync(input, Cancellation);
        if (await FindAsync(input, tenant))
        {
            await buckets.DeleteAsync(tenant.Resources.Bucket, guard.BeforeUndo(input), Cancellation);
        }

        await resources.DeletedAsync(input.TenantId, input.Attempt, ResourceTypes[0], Cancellation);
    }

    [Activity("FindStorageResidue")]
    public async Task<int> FindResidueAsync(ProvisionTenantInput input)
    {
        var tenant = await tenants.LoadAsync(input, Cancellation);
        List<Residue> found = await FindAsync(input, tenant)
            ? [new(ResourceTypes[0], tenant.Resources.Bucket,
                "The bucket is still there, with "
                + $"{await buckets.CountAsync(tenant.Resources.Bucket, Cancellation)} objects.")]
            : [];
        await residue.ReplaceAsync(input.TenantId, input.Attempt, ResourceTypes, found, Cancellation);
        return found.Count;
    }

    private async Task<Ownership?> JudgeAsync(ProvisionedTenant tenant, BucketDetails? known) =>
        (await buckets.JudgeAsync(tenant.Resources.Bucket, tenant.Mark, known?.AbsentAt, Cancellation))
            ?.OrConflict($"bucket {tenant.Resources.Bucket}");

    private async Task<bool> FindAsync(ProvisionTenantInput input, ProvisionedTenant tenant)
    {
        string bucket = tenant.Resources.Bucket;
        try
        {
            var known = await KnownAsync(input, bucket);
            return await buckets.JudgeAsync(bucket, tenant.Mark, known?.AbsentAt, Cancellation) is { } ownership
                && ownership.IsOursToDelete();
        }
        catch (ControlPlaneException e) when (e.Code == ErrorCode.OwnershipConflict)
        {
            // Another account's: nothing of ours, and not to be touched.
            return false;
        }
    }

    private async Task<BucketDetails?> KnownAsync(ProvisionTenantInput input, string bucket) =>
        await resources.FindDetailsAsync(input.TenantId, ResourceTypes[0], bucket, Cancellation) is { } json
            ? JsonSerializer.Deserialize<BucketDetails>(json, WorkerJson.Options)
            : null;

    /// <param name="AbsentAt">By the server's clock, before anything was created.</param>
    /// <param name="NotSupported">What the server, of another make than AWS's, does not know.</param>
    private sealed record BucketDetails(DateTimeOffset? AbsentAt, IReadOnlyList<string> NotSupported)
    {
        public string ToJson() => JsonSerializer.Serialize(this, WorkerJson.Options);
    }
}
