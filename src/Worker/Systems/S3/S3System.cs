using Amazon.S3;
using ControlPlane.Settings;
using Microsoft.Extensions.DependencyInjection;
using Worker.Commands;
using Worker.Commands.Doctor;
using Worker.Commands.Verify;
using Worker.Hosting;
using Worker.Steps;

namespace Worker.Systems.S3;

/// <summary>The object store: a bucket for each tenant.</summary>
public sealed class S3System : OutsideSystem
{
    public const string SystemId = "s3";

    private const string Suffix = "-s3";

    public static TaskQueue MainQueue { get; } = new(Suffix, 8) { Undo = TaskQueue.ForUndo(Suffix) };

    public override string Id => SystemId;

    public override string Name => "S3";

    public override IReadOnlyList<string> ResourceTypes => [ControlPlane.Provisioning.ResourceTypes.StorageBucket];

    public override TaskQueue Queue => MainQueue;

    public override string Switch => S3Options.Switch;

    protected override (string Name, string Expected)? MainSetting =>
        ("S3_ENDPOINT", "the address of an object store, or AWS_REGION for AWS");

    public override string? GetDisabledReason(SettingsReader settings) => S3Options.From(settings) is null
        ? "S3 is switched off (S3_ENABLED, S3_ENDPOINT, AWS_REGION)."
        : null;

    public override void AddServices(IServiceCollection services, SettingsReader settings)
    {
        if (S3Options.From(settings) is not { } options)
        {
            services
                .AddTransient<TenantBuckets>(_ => throw NotConfigured(settings))
                .AddTransient<S3Options>(_ => throw NotConfigured(settings));
        }
        else
        {
            services
                .AddSingleton(options)
                .AddSingleton<IAmazonS3>(_ => ObjectStoreClient.Create(options, TimeoutScale.From(settings)))
                .AddTransient<TenantBuckets>()
                .AddTransient<ISystemInventory, S3Inventory>();
        }

        services.AddTransient<TenantBucketOwnership>().AddTransient<S3Inventory>();
    }

    public override IReadOnlyList<DoctorCheck> DoctorChecks(CommandHost host) => S3DoctorChecks.For(host);

    public override IReadOnlyList<VerifyCheck> VerifyChecks(TenantToVerify tenant) =>
        [new("bucket", ProvisionStorage.Id, token => BucketAsync(tenant, token))];

    private static async Task<VerifyResult> BucketAsync(TenantToVerify tenant, CancellationToken cancellationToken)
    {
        string name = tenant.Resources.Bucket;
        var owner = await tenant.Host.GetService<TenantBuckets>().GetOwnershipAsync(
            name, tenant.Mark, absentAt: null, cancellationToken);
        return VerifyResult.Of("bucket", owner == Ownership.Ours, owner switch
        {
            null => $"{name} does not exist",
            Ownership.Ours => name,
            _ => $"{name} exists without this tenant's tags",
        });
    }
}
