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
/// An object that was recorded as created, and exists under its name without our mark, is not reported as gone: it is
/// residue, and is not touched.
/// </summary>
public sealed class HiddenResidueTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    private static readonly Guid OtherInstallation = Guid.Parse("11111111-1111-4111-8111-111111111111");

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bucket_whose_mark_was_replaced_is_residue_until_it_is_deleted()
    {
        var tenant = await fixture.GivenTenantAsync();
        await FailAsync(tenant, () => fixture.Services.GetRequiredService<TenantBuckets>().TagAsync(
            tenant.Resources.Bucket, tenant.MarkOf() with { Installation = OtherInstallation }, CancellationToken));

        Assert.Equal("ROLLBACK_INCOMPLETE", await fixture.StatusAsync(tenant));
        Assert.Equal("storage_bucket", Assert.Single(await LeftAsync(tenant)).Type);
        Assert.Equal(["bucket"], await fixture.Systems.ObjectsOfAsync(tenant));

        await fixture.Systems.S3.DeleteBucketAsync(tenant.Resources.Bucket, CancellationToken);
        await fixture.RollbackRun(tenant, await fixture.RollBackAsync(tenant)).GetResultAsync();
        Assert.Equal("PROVISION_FAILED", await fixture.StatusAsync(tenant));
    }

    [Fact]
    [Trait("About", "stand-ins")]
    public async Task A_bucket_that_is_no_longer_readable_is_residue()
    {
        var tenant = await fixture.GivenTenantAsync();
        using var otherAccount = fixture.Systems.CreateOtherAccountS3();
        await FailAsync(tenant, async () =>
        {
            await fixture.Systems.S3.DeleteBucketAsync(tenant.Resources.Bucket, CancellationToken);
            await otherAccount.PutBucketAsync(tenant.Resources.Bucket, CancellationToken);
        });

        Assert.Equal("ROLLBACK_INCOMPLETE", await fixture.StatusAsync(tenant));
        Assert.Equal("storage_bucket", Assert.Single(await LeftAsync(tenant)).Type);
        var theirs = await otherAccount.ListBucketsAsync(CancellationToken);
        Assert.Contains(theirs.Buckets, bucket => bucket.BucketName == tenant.Resources.Bucket);
    }

    [Fact]
    public async Task A_schema_whose_role_lost_its_mark_is_residue()
    {
        var tenant = await fixture.GivenTenantAsync();
        await FailAsync(tenant, () => fixture.Postgres.ExecuteAsync(
            $"COMMENT ON ROLE \"{tenant.Resources.Schema}\" IS NULL"));

        Assert.Equal("ROLLBACK_INCOMPLETE", await fixture.StatusAsync(tenant));
        Assert.Equal("database_schema", Assert.Single(await LeftAsync(tenant)).Type);
        Assert.Equal(["schema", "role"], await fixture.Systems.ObjectsOfAsync(tenant));
    }

    [Fact]
    public async Task A_foreign_realm_in_place_of_ours_is_residue()
    {
        var tenant = await fixture.GivenTenantAsync();
        await FailAsync(tenant, async () =>
        {
            await fixture.Systems.Keycloak.DeleteRealmAsync(tenant.Resources.Realm, CancellationToken);
            await CreateForeignRealmAsync(tenant);
        });

        Assert.Equal("ROLLBACK_INCOMPLETE", await fixture.StatusAsync(tenant));
        Assert.Equal("keycloak_realm", Assert.Single(await LeftAsync(tenant)).Type);
        Assert.Equal(["realm"], await fixture.Systems.ObjectsOfAsync(tenant));
    }

    // A service account may read only the realms that it created; of others it sees no more than the name.
    [Fact]
    [Trait("About", "stand-ins")]
    public async Task A_realm_that_Keycloak_no_longer_shows_to_its_creator_is_not_reported_as_gone()
    {
        var tenant = await fixture.GivenTenantAsync();
        await CreateForeignRealmAsync(tenant);
        await using var limited = await fixture.UseServiceAccountAsync();
        // The account needs one visible realm: without any, Keycloak refuses the whole list.
        await fixture.Systems.Keycloak.CreateRealmAsync(
            new RealmRepresentation { Realm = $"seen-{tenant.Key}", Enabled = true }, CancellationToken);

        await AssertHiddenAsync(tenant);
    }

    [Fact]
    public async Task A_created_realm_is_not_reported_as_gone_when_Keycloak_refuses_the_list()
    {
        var tenant = await fixture.GivenTenantAsync();
        await CreateForeignRealmAsync(tenant);
        await using var refused = await fixture.Control.SetFaultAsync(
            new FaultRule { System = "keycloak", Path = "/admin/realms", Status = 403, Count = 0 });

        await AssertHiddenAsync(tenant);
    }

    [Fact]
    public async Task A_realm_that_was_never_created_is_gone_when_Keycloak_refuses_the_list()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.SetStateAsync(tenant, attempt: 1, "ROLLING_BACK");
        await using var refused = await fixture.Control.SetFaultAsync(
            new FaultRule { System = "keycloak", Path = "/admin/realms", Status = 403, Count = 0 });
        var step = new StepRun<CreateIdp>(fixture, tenant.Attempt(1));

        await step.CompensateAsync();

        Assert.Equal(0, await step.FindResidueAsync());
    }

    private async Task AssertHiddenAsync(TestTenant tenant)
    {
        await fixture.SetStateAsync(tenant, attempt: 1, "ROLLING_BACK");
        var resources = fixture.Services.GetRequiredService<ResourceRecords>();
        await resources.PlanAsync(
            tenant.Id, 1, ResourceTypes.KeycloakRealm, tenant.Resources.Realm, null, CancellationToken);
        await resources.CreatedAsync(
            tenant.Id, 1, ResourceTypes.KeycloakRealm, tenant.Resources.Realm, null, CancellationToken);
        var step = new StepRun<CreateIdp>(fixture, tenant.Attempt(1));

        var undo = await Assert.ThrowsAsync<ControlPlaneException>(step.CompensateAsync);
        var reading = await Assert.ThrowsAsync<ControlPlaneException>(step.FindResidueAsync);

        Assert.Equal((ErrorCode.Forbidden, ErrorCode.Forbidden), (undo.Code, reading.Code));
        Assert.Equal("CREATED", await fixture.Postgres.ReadAsync<string>(
            "SELECT state FROM resources WHERE tenant_id = $1 AND type = 'keycloak_realm'", tenant.Id));
    }

    private async Task CreateForeignRealmAsync(TestTenant tenant) =>
        Assert.True(await fixture.Systems.Keycloak.CreateRealmAsync(
            new RealmRepresentation { Realm = tenant.Resources.Realm, Enabled = true }, CancellationToken));

    // The attempt fails after all objects exist and were changed from outside.
    private async Task FailAsync(TestTenant tenant, Func<Task> change)
    {
        fixture.Hooks.Before("CreateResources", tenant, async () =>
        {
            await change();
            throw new ControlPlaneException(ErrorCode.Forbidden, "Refused.");
        });
        await fixture.FailAsync(tenant);
    }

    private Task<List<Residue>> LeftAsync(TestTenant tenant) =>
        fixture.Services.GetRequiredService<ResidueRecords>().ListAsync(tenant.Id, 1, CancellationToken);
}
