using Amazon.S3.Model;
using Worker.Systems;
using Worker.Systems.Keycloak;
using Worker.Tests.Support;

namespace Worker.Tests.Saga;

/// <summary>
/// A foreign object under a tenant's name is not adopted, and so is not deleted either. The original adopted an
/// existing bucket or schema, and emptied it in the rollback.
/// </summary>
public sealed class OwnershipTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_foreign_realm_is_neither_adopted_nor_deleted()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.Systems.Keycloak.CreateRealmAsync(
            new RealmRepresentation { Realm = tenant.Resources.Realm, DisplayName = "Theirs", Enabled = true },
            CancellationToken);

        await AssertConflictAsync(tenant, "create-idp");

        Assert.Equal(["realm"], await fixture.Systems.ObjectsOfAsync(tenant));
    }

    [Fact]
    public async Task A_foreign_schema_is_neither_adopted_nor_deleted()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.Postgres.ExecuteAsync(
            $"""
            CREATE SCHEMA "{tenant.Resources.Schema}";
            CREATE TABLE "{tenant.Resources.Schema}".theirs AS SELECT 42 AS answer;
            """);

        await AssertConflictAsync(tenant, "provision-database");

        Assert.Equal(["schema"], await fixture.Systems.ObjectsOfAsync(tenant));
    }

    [Fact]
    public async Task A_foreign_role_is_neither_adopted_nor_deleted()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.Postgres.ExecuteAsync(
            $"CREATE ROLE \"{tenant.Resources.Schema}\"; GRANT \"{tenant.Resources.Schema}\" TO CURRENT_USER");

        await AssertConflictAsync(tenant, "provision-database");

        Assert.Equal(["role"], await fixture.Systems.ObjectsOfAsync(tenant));
    }

    [Fact]
    public async Task A_schema_of_another_installation_is_neither_adopted_nor_deleted()
    {
        var tenant = await fixture.GivenTenantAsync();
        var theirs = new OwnershipMark(Guid.Parse("11111111-1111-4111-8111-111111111111"), tenant.Id, 1);
        await fixture.Schemas.EnsureAsync(
            tenant.Resources.Schema, theirs, () => Task.CompletedTask, CancellationToken);

        await AssertConflictAsync(tenant, "provision-database");

        Assert.Equal(["schema", "role"], await fixture.Systems.ObjectsOfAsync(tenant));
    }

    [Fact]
    public async Task A_foreign_bucket_in_our_own_account_is_neither_adopted_nor_deleted()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.Systems.S3.PutBucketAsync(tenant.Resources.Bucket, CancellationToken);
        await fixture.Systems.S3.PutObjectAsync(
            new PutObjectRequest { BucketName = tenant.Resources.Bucket, Key = "theirs", ContentBody = "theirs" },
            CancellationToken);

        await AssertConflictAsync(tenant, "provision-storage");

        Assert.Equal(["bucket"], await fixture.Systems.ObjectsOfAsync(tenant));
    }

    [Fact]
    [Trait("About", "stand-ins")]
    public async Task A_bucket_of_another_account_is_neither_adopted_nor_deleted()
    {
        var tenant = await fixture.GivenTenantAsync();
        using var otherAccount = fixture.Systems.CreateOtherAccountS3();
        await otherAccount.PutBucketAsync(tenant.Resources.Bucket, CancellationToken);

        await AssertConflictAsync(tenant, "provision-storage");

        var theirs = await otherAccount.ListBucketsAsync(CancellationToken);
        Assert.Contains(theirs.Buckets, bucket => bucket.BucketName == tenant.Resources.Bucket);
    }

    private async Task AssertConflictAsync(TestTenant tenant, string step)
    {
        string before = await fixture.SnapshotAsync(tenant.Resources);

        var failure = await fixture.FailAsync(tenant);

        Assert.Equal(before, await fixture.SnapshotAsync(tenant.Resources));
        Assert.Equal(step, failure.FailedStep);
        Assert.Equal("ownership_conflict", failure.Code);
        Assert.Equal("PROVISION_FAILED", await fixture.StatusAsync(tenant));
    }
}
