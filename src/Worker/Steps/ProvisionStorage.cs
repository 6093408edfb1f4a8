using ControlPlane;
using ControlPlane.Connections;
using ControlPlane.Provisioning;
using Temporalio.Activities;
using Worker.Saga;
using Worker.Sweeps;
using Worker.Systems;
using Worker.Systems.S3;

namespace Worker.Steps;

/// <summary>
/// Ensures the tenant's private, tagged bucket. The undo deletes all object versions and uploads, then the bucket.
/// </summary>
public sealed class ProvisionStorage(
    TenantBuckets buckets,
    S3Options options,
    TenantBucketOwnership ownership,
    S3Inventory inventory,
    ProvisionedTenants tenants,
    ResourceRecords resources,
    ConnectionParts connections,
    StepResidue residue,
    SweepDeletions deletions,
    AttemptGuard guard) : ICompensatedStep
{
    public static string Id => "provision-storage";

    public static string Title => "Provision Storage";

    public static string? CustomerTitle => "File storage";

    public static string Announcement => "Creating storage bucket";

    public static StepOptions Options => StepOptions.OutsideSystem(S3System.MainQueue);

    public static string? System => S3System.SystemId;

    public static IReadOnlyList<string> ResourceTypes { get; } =
        [ControlPlane.Provisioning.ResourceTypes.StorageBucket];

    private static CancellationToken CancellationToken => ActivityExecutionContext.Current.CancellationToken;

    [Activity("ProvisionStorage")]
    public async Task ExecuteAsync(ProvisionTenantInput input)
    {
        var tenant = await tenants.LoadAsync(input, CancellationToken);
        string bucket = tenant.Resources.Bucket;
        await deletions.RequireNoneInFlightAsync(ResourceTypes[0], bucket, CancellationToken);
        var beforeChange = guard.BeforeChange(input);
        var known = await ownership.FindDetailsAsync(tenant, CancellationToken);
        if (await buckets.FindAbsenceTimeAsync(bucket, CancellationToken) is { } absentAt)
        {
            known = new BucketDetails(absentAt, []);
        }

        await resources.PlanAsync(
            input.TenantId, input.Attempt, ResourceTypes[0], bucket, known?.ToJson(), CancellationToken);
        if (await GetOwnershipAsync(tenant, known) is null)
        {
            await beforeChange();
            if (!await buckets.CreateAsync(bucket, CancellationToken)
                && await GetOwnershipAsync(tenant, known) is null)
            {
                throw new ControlPlaneException(ErrorCode.OwnershipConflict,
                    $"The bucket {bucket} belongs to another account. It was not touched.");
            }
        }

        await beforeChange();
        await buckets.TagAsync(bucket, tenant.Mark, CancellationToken);
        await beforeChange();
        var details = (known ?? new BucketDetails(null, [])) with
        {
            NotSupported = await buckets.BlockPublicAccessAsync(bucket, CancellationToken)
                ? []
                : ["public_access_block"],
        };
        await connections.PutAsync(
            input.TenantId, input.Attempt,
            new StorageConnection(bucket, options.Region, options.Endpoint?.OriginalString.TrimEnd('/'),
                options.TenantCredentials),
            CancellationToken);
        await resources.CreatedAsync(
            input.TenantId, input.Attempt, ResourceTypes[0], bucket, details.ToJson(), CancellationToken);
    }

    [Activity("DeleteStorage")]
    public async Task CompensateAsync(ProvisionTenantInput input)
    {
        var tenant = await tenants.LoadAsync(input, CancellationToken);
        string bucket = tenant.Resources.Bucket;
        await connections.DeleteAsync(input.TenantId, input.Attempt, ConnectionParts.Storage, CancellationToken);
        var owner = await FindOwnerAsync(tenant);
        if (owner?.CanDelete() ?? false)
        {
            await buckets.DeleteAsync(bucket, guard.BeforeUndo(input, ResourceTypes[0]), CancellationToken);
        }
        else if (owner is not null
            && await residue.IsRecordedAsync(tenant, ResourceTypes[0], bucket, CancellationToken))
        {
            // The record stays CREATED, so that the final reading reports the bucket.
            return;
        }

        await resources.DeletedAsync(input.TenantId, input.Attempt, ResourceTypes[0], CancellationToken);
    }

    [Activity("FindStorageResidue")]
    public async Task<int> FindResidueAsync(ProvisionTenantInput input)
    {
        var tenant = await tenants.LoadAsync(input, CancellationToken);
        var found = await inventory.FindAsync(tenant, CancellationToken);
        int left = await residue.RecordAsync(tenant, ResourceTypes, found, CancellationToken);
        if (left == 0)
        {
            // Without details a bucket without tags counts as foreign.
            await resources.ClearDetailsAsync(input.TenantId, input.Attempt, ResourceTypes[0], CancellationToken);
        }

        return left;
    }

    private async Task<Ownership?> GetOwnershipAsync(ProvisionedTenant tenant, BucketDetails? known) =>
        (await ownership.GetOwnershipAsync(tenant, known, CancellationToken))?.ThrowIfNotOurs(
            $"bucket {tenant.Resources.Bucket}");

    private async Task<Ownership?> FindOwnerAsync(ProvisionedTenant tenant)
    {
        try
        {
            return await ownership.GetOwnershipAsync(tenant, CancellationToken);
        }
        catch (ControlPlaneException e) when (e.Code == ErrorCode.OwnershipConflict)
        {
            // The bucket belongs to another account.
            return Ownership.Foreign;
        }
    }
}
