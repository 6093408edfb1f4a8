using Amazon.S3.Model;
using Worker.Systems;
using Worker.Systems.Keycloak;
using Worker.Systems.S3;
using Worker.Tests.Support;

namespace Worker.Tests.Saga;

/// <summary>
/// Something with our name that is not ours is not adopted, and so is not deleted either. The original adopted an
/// existing bucket or schema, and emptied it when it rolled back.
/// </summary>
public sealed class OwnershipTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Somebody_elses_realm_is_neither_adopted_nor_deleted()
    {
        var tenant = await world.GivenTenantAsync();
        await world.Systems.Keycloak.CreateRealmAsync(
            new RealmRepresentation { Realm = tenant.Resources.Realm, DisplayName = "Theirs", Enabled = true },
            CancellationToken);

        await AssertConflictAsync(tenant, "create-idp");

        Assert.Equal(["realm"], await world.Systems.OfAsync(tenant));
    }

    [Fact]
    public async Task Somebody_elses_schema_is_neither_adopted_nor_deleted()
    {
        var tenant = await world.GivenTenantAsync();
        await world.Postgres.ExecuteAsync(
            $"""
            CREATE SCHEMA "{tenant.Resources.Schema}";
            CREATE TABLE "{tenant.Resources.Schema}".theirs AS SELECT 42 AS answer;
            """);

        await AssertConflictAsync(tenant, "provision-database");

        Assert.Equal(["schema"], await world.Systems.OfAsync(tenant));
    }

    [Fact]
    public async Task Somebody_elses_role_is_neither_adopted_nor_deleted()
    {
        var tenant = await world.GivenTenantAsync();
        await world.Postgres.ExecuteAsync(
            $"CREATE ROLE \"{tenant.Resources.Schema}\"; GRANT \"{tenant.Resources.Schema}\" TO CURRENT_USER");

        await AssertConflictAsync(tenant, "provision-database");

        Assert.Equal(["role"], await world.Systems.OfAsync(tenant));
    }

    [Fact]
    public async Task A_schema_of_another_installation_is_neither_adopted_nor_deleted()
    {
        var tenant = await world.GivenTenantAsync();
        var theirs = new OwnershipMark(Guid.Parse("11111111-1111-4111-8111-111111111111"), tenant.Id, 1);
        await world.Schemas.EnsureAsync(
            tenant.Resources.Schema, theirs, () => Task.CompletedTask, CancellationToken);

        await AssertConflictAsync(tenant, "provision-database");

        Assert.Equal(["schema", "role"], await world.Systems.OfAsync(tenant));
    }

    [Fact]
    public async Task Somebody_elses_bucket_in_our_own_account_is_neither_adopted_nor_deleted()
    {
        var tenant = await world.GivenTenantAsync();
        await world.Systems.S3.PutBucketAsync(tenant.Resources.Bucket, CancellationToken);
        await world.Systems.S3.PutObjectAsync(
            new PutObjectRequest { BucketName = tenant.Resources.Bucket, Key = "theirs", ContentBody = "theirs" },
            CancellationToken);

        await AssertConflictAsync(tenant, "provision-storage");

        Assert.Equal(["bucket"], await world.Systems.OfAsync(tenant));
    }

    [Fact]
    [Trait("About", "stand-ins")]
    public async Task A_bucket_of_another_account_is_neither_adopted_nor_deleted()
    {
        var tenant = await world.GivenTenantAsync();
        using var stranger = ObjectStoreClient.Create(new S3Options(
            world.Sandbox.S3, "us-east-1",
            ProvisioningWorld.Stranger.AccessKey, ProvisioningWorld.Stranger.SecretKey, null));
        await stranger.PutBucketAsync(tenant.Resources.Bucket, CancellationToken);

        await AssertConflictAsync(tenant, "provision-storage");

        var theirs = await stranger.ListBucketsAsync(CancellationToken);
        Assert.Contains(theirs.Buckets, bucket => bucket.BucketName == tenant.Resources.Bucket);
    }

    private async Task AssertConflictAsync(TestTenant tenant, string step)
    {
        string before = await world.PictureAsync(tenant.Resources);

        var failure = await world.FailAsync(tenant);

        Assert.Equal(before, await world.PictureAsync(tenant.Resources));
        Assert.Equal(step, failure.FailedStep);
        Assert.Equal("ownership_conflict", failure.Code);
        Assert.Equal("PROVISION_FAILED", await world.StatusAsync(tenant));
    }
}
