using ControlPlane;
using ControlPlane.Provisioning;
using Microsoft.Extensions.DependencyInjection;
using Sandbox.Control;
using Worker.Steps;
using Worker.Systems.Keycloak;
using Worker.Systems.S3;
using Worker.Tests.Support;
using Worker.Tests.Sweeps;

namespace Worker.Tests.Saga;

/// <summary>
/// What was recorded as made, and is there under its name without being shown as ours any more, is not called gone: it
/// is named, and not touched.
/// </summary>
public sealed class HiddenResidueTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    private static readonly Guid OtherInstallation = Guid.Parse("11111111-1111-4111-8111-111111111111");

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bucket_that_was_marked_anew_is_named_until_somebody_removes_it()
    {
        var tenant = await world.GivenTenantAsync();
        await FailAsync(tenant, () => world.Services.GetRequiredService<TenantBuckets>().TagAsync(
            tenant.Resources.Bucket, tenant.MarkOf() with { Installation = OtherInstallation }, CancellationToken));

        Assert.Equal("ROLLBACK_INCOMPLETE", await world.StatusAsync(tenant));
        Assert.Equal("storage_bucket", Assert.Single(await LeftAsync(tenant)).Type);
        Assert.Equal(["bucket"], await world.Systems.OfAsync(tenant));

        await world.Systems.S3.DeleteBucketAsync(tenant.Resources.Bucket, CancellationToken);
        await world.RollbackRun(tenant, await world.RollBackAsync(tenant)).GetResultAsync();
        Assert.Equal("PROVISION_FAILED", await world.StatusAsync(tenant));
    }

    [Fact]
    [Trait("About", "stand-ins")]
    public async Task A_bucket_that_we_may_not_see_any_more_is_named()
    {
        var tenant = await world.GivenTenantAsync();
        using var stranger = S3ServiceCollectionExtensions.Client(new S3Options(
            world.Sandbox.S3, "us-east-1", ProvisioningWorld.Stranger.AccessKey, ProvisioningWorld.Stranger.SecretKey,
            null));
        await FailAsync(tenant, async () =>
        {
            await world.Systems.S3.DeleteBucketAsync(tenant.Resources.Bucket, CancellationToken);
            await stranger.PutBucketAsync(tenant.Resources.Bucket, CancellationToken);
        });

        Assert.Equal("ROLLBACK_INCOMPLETE", await world.StatusAsync(tenant));
        Assert.Equal("storage_bucket", Assert.Single(await LeftAsync(tenant)).Type);
        var theirs = await stranger.ListBucketsAsync(CancellationToken);
        Assert.Contains(theirs.Buckets, bucket => bucket.BucketName == tenant.Resources.Bucket);
    }

    [Fact]
    public async Task A_schema_whose_role_lost_its_mark_is_named()
    {
        var tenant = await world.GivenTenantAsync();
        await FailAsync(tenant, () => world.Postgres.ExecuteAsync(
            $"COMMENT ON ROLE \"{tenant.Resources.Schema}\" IS NULL"));

        Assert.Equal("ROLLBACK_INCOMPLETE", await world.StatusAsync(tenant));
        Assert.Equal("database_schema", Assert.Single(await LeftAsync(tenant)).Type);
        Assert.Equal(["schema", "role"], await world.Systems.OfAsync(tenant));
    }

    [Fact]
    public async Task A_realm_of_somebody_else_in_the_place_of_ours_is_named()
    {
        var tenant = await world.GivenTenantAsync();
        await FailAsync(tenant, async () =>
        {
            await world.Systems.Keycloak.DeleteRealmAsync(tenant.Resources.Realm, CancellationToken);
            await MakeForeignRealmAsync(tenant);
        });

        Assert.Equal("ROLLBACK_INCOMPLETE", await world.StatusAsync(tenant));
        Assert.Equal("keycloak_realm", Assert.Single(await LeftAsync(tenant)).Type);
        Assert.Equal(["realm"], await world.Systems.OfAsync(tenant));
    }

    // A service account sees the realms that it made; of another one it sees the name alone.
    [Fact]
    [Trait("About", "stand-ins")]
    public async Task A_realm_that_Keycloak_no_longer_shows_to_the_account_that_made_it_is_not_called_gone()
    {
        var tenant = await world.GivenTenantAsync();
        await MakeForeignRealmAsync(tenant);
        await using var limited = await world.UseServiceAccountAsync();
        // So that it sees one: without any, Keycloak refuses the whole list.
        await world.Systems.Keycloak.CreateRealmAsync(
            new RealmRepresentation { Realm = $"seen-{tenant.Key}", Enabled = true }, CancellationToken);

        await AssertHiddenAsync(tenant);
    }

    [Fact]
    public async Task Where_Keycloak_refuses_the_whole_list_what_was_made_is_not_called_gone()
    {
        var tenant = await world.GivenTenantAsync();
        await MakeForeignRealmAsync(tenant);
        await using var refused = await world.Control.FaultAsync(
            new FaultRule { System = "keycloak", Path = "/admin/realms", Status = 403, Count = 0 });

        await AssertHiddenAsync(tenant);
    }

    [Fact]
    public async Task Where_Keycloak_refuses_the_whole_list_what_was_never_made_is_gone()
    {
        var tenant = await world.GivenTenantAsync();
        await world.SetAsync(tenant, attempt: 1, "ROLLING_BACK");
        await using var refused = await world.Control.FaultAsync(
            new FaultRule { System = "keycloak", Path = "/admin/realms", Status = 403, Count = 0 });
        var step = new StepRun<CreateIdp>(world, tenant.Attempt(1));

        await step.CompensateAsync();

        Assert.Equal(0, await step.FindResidueAsync());
    }

    private async Task AssertHiddenAsync(TestTenant tenant)
    {
        await world.SetAsync(tenant, attempt: 1, "ROLLING_BACK");
        var resources = world.Services.GetRequiredService<ResourceRecords>();
        await resources.PlanAsync(
            tenant.Id, 1, ResourceTypes.KeycloakRealm, tenant.Resources.Realm, null, CancellationToken);
        await resources.CreatedAsync(
            tenant.Id, 1, ResourceTypes.KeycloakRealm, tenant.Resources.Realm, null, CancellationToken);
        var step = new StepRun<CreateIdp>(world, tenant.Attempt(1));

        var undo = await Assert.ThrowsAsync<ControlPlaneException>(step.CompensateAsync);
        var reading = await Assert.ThrowsAsync<ControlPlaneException>(step.FindResidueAsync);

        Assert.Equal((ErrorCode.Forbidden, ErrorCode.Forbidden), (undo.Code, reading.Code));
        Assert.Equal("CREATED", await world.Postgres.ReadAsync<string>(
            "SELECT state FROM resources WHERE tenant_id = $1 AND type = 'keycloak_realm'", tenant.Id));
    }

    private async Task MakeForeignRealmAsync(TestTenant tenant) =>
        Assert.True(await world.Systems.Keycloak.CreateRealmAsync(
            new RealmRepresentation { Realm = tenant.Resources.Realm, Enabled = true }, CancellationToken));

    // Everything is made; then somebody does something to it, and the attempt fails.
    private async Task FailAsync(TestTenant tenant, Func<Task> meanwhile)
    {
        world.Hooks.Before("CreateResources", tenant, async () =>
        {
            await meanwhile();
            throw new ControlPlaneException(ErrorCode.Forbidden, "Refused.");
        });
        await world.FailAsync(tenant);
    }

    private Task<List<Residue>> LeftAsync(TestTenant tenant) =>
        world.Services.GetRequiredService<ResidueRecords>().ListAsync(tenant.Id, 1, CancellationToken);
}
