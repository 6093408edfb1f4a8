using ControlPlane;
using ControlPlane.Provisioning;
using Temporalio.Activities;
using Worker.Hosting;
using Worker.Saga;
using Worker.Sweeps;
using Worker.Systems;
using Worker.Systems.S3;

namespace Worker.Steps;

/// <summary>5: the tenant's private, tagged bucket. Undo: all versions and uploads, then the bucket.</summary>
public sealed class ProvisionStorage(
    TenantBuckets buckets,
    TenantStorage storage,
    ProvisionedTenants tenants,
    ResourceRecords resources,
    ResidueRecords residue,
    SweepDeletions deletions,
    AttemptGuard guard) : ICompensatedStep
{
    public static string Id => ProvisioningSteps.ProvisionStorage;

    public static string Announcement => "Creating storage bucket";

    public static StepOptions Options => StepOptions.Outside(TaskQueues.S3);

    public static IReadOnlyList<string> ResourceTypes { get; } =
        [ControlPlane.Provisioning.ResourceTypes.StorageBucket];

    private static CancellationToken CancellationToken => ActivityExecutionContext.Current.CancellationToken;

    [Activity("ProvisionStorage")]
    public async Task ExecuteAsync(ProvisionTenantInput input)
    {
        var tenant = await tenants.LoadAsync(input, CancellationToken);
        string bucket = tenant.Resources.Bucket;
        await deletions.RequireSettledAsync(ResourceTypes[0], bucket, CancellationToken);
        var beforeChange = guard.BeforeChange(input);
        var known = await storage.FindDetailsAsync(tenant, CancellationToken);
        if (await buckets.AbsentAtAsync(bucket, CancellationToken) is { } absentAt)
        {
            known = new BucketDetails(absentAt, []);
        }

        await resources.PlanAsync(
            input.TenantId, input.Attempt, ResourceTypes[0], bucket, known?.ToJson(), CancellationToken);
        if (await JudgeAsync(tenant, known) is null)
        {
            await beforeChange();
            if (!await buckets.CreateAsync(bucket, CancellationToken)
                && await JudgeAsync(tenant, known) is null)
            {
                throw new ControlPlaneException(ErrorCode.OwnershipConflict,
                    $"The bucket {bucket} belongs to another account. It was not touched.");
            }
        }

        await beforeChange();
        await buckets.TagAsync(bucket, tenant.Mark, CancellationToken);
        await beforeChange();
        var made = (known ?? new BucketDetails(null, [])) with
        {
            NotSupported = await buckets.BlockPublicAccessAsync(bucket, CancellationToken)
                ? []
                : ["public_access_block"],
        };
        await resources.CreatedAsync(
            input.TenantId, input.Attempt, ResourceTypes[0], bucket, made.ToJson(), CancellationToken);
    }

    [Activity("DeleteStorage")]
    public async Task CompensateAsync(ProvisionTenantInput input)
    {
        var tenant = await tenants.LoadAsync(input, CancellationToken);
        if (await FindAsync(tenant))
        {
            await buckets.DeleteAsync(tenant.Resources.Bucket, guard.BeforeUndo(input), CancellationToken);
        }
        else if (await FindReplacedAsync(tenant) is not null)
        {
            // Not seen gone: the reading names it.
            return;
        }

        await resources.DeletedAsync(input.TenantId, input.Attempt, ResourceTypes[0], CancellationToken);
    }

    [Activity("FindStorageResidue")]
    public async Task<int> FindResidueAsync(ProvisionTenantInput input)
    {
        var tenant = await tenants.LoadAsync(input, CancellationToken);
        List<Residue> found = await FindAsync(tenant)
            ? [new(ResourceTypes[0], tenant.Resources.Bucket,
                "The bucket is still there, with "
                + $"{await buckets.CountAsync(tenant.Resources.Bucket, CancellationToken)} objects.")]
            : await FindReplacedAsync(tenant) is { } replaced
                ? [new(ResourceTypes[0], tenant.Resources.Bucket, replaced)]
                : [];
        await residue.ReplaceAsync(input.TenantId, input.Attempt, ResourceTypes, found, CancellationToken);
        if (found.Count == 0)
        {
            // From here on a bucket without tags may be anybody's.
            await resources.ForgetDetailsAsync(input.TenantId, input.Attempt, ResourceTypes[0], CancellationToken);
        }

        return found.Count;
    }

    private async Task<Ownership?> JudgeAsync(ProvisionedTenant tenant, BucketDetails? known) =>
        (await storage.JudgeAsync(tenant, known, CancellationToken))?.OrConflict($"bucket {tenant.Resources.Bucket}");

    private async Task<bool> FindAsync(ProvisionedTenant tenant) =>
        await LookAsync(tenant) is { } ownership && ownership.IsOursToDelete();

    // What was made, was never recorded as deleted, and is there without being ours.
    private async Task<string?> FindReplacedAsync(ProvisionedTenant tenant)
    {
        string bucket = tenant.Resources.Bucket;
        return await resources.FindMakerAsync(
                tenant.Mark.Tenant, tenant.Mark.Attempt, ResourceTypes[0], bucket, CancellationToken) is not null
            && await LookAsync(tenant) is { } ownership && !ownership.IsOursToDelete()
                ? "A bucket was made here and never seen deleted; what has the name now does not carry our mark, or is"
                    + " not shown to us. It was not touched: look, and put its tags right, or delete it."
                : null;
    }

    private async Task<Ownership?> LookAsync(ProvisionedTenant tenant)
    {
        try
        {
            return await storage.JudgeAsync(tenant, CancellationToken);
        }
        catch (ControlPlaneException e) when (e.Code == ErrorCode.OwnershipConflict)
        {
            // Another account's: not to be touched.
            return Ownership.Foreign;
        }
    }
}
