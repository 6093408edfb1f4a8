using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.DependencyInjection;
using Worker.Systems.Keycloak;
using Worker.Systems.S3;

namespace Worker.Tests.Support;

/// <summary>Direct access to the outside systems.</summary>
public sealed class SystemProbe(ProvisioningFixture fixture)
{
    /// <summary>All objects of a live tenant, as <see cref="ObjectsOfAsync"/> lists them.</summary>
    public static readonly string[] AllObjects = ["realm", "client", "user", "schema", "role", "bucket"];

    public KeycloakAdmin Keycloak => fixture.Services.GetRequiredService<KeycloakAdmin>();

    public IAmazonS3 S3 => fixture.Services.GetRequiredService<IAmazonS3>();

    public async Task<bool> RealmExistsAsync(string realm) =>
        (await Keycloak.FindRealmsAsync(default) ?? []).Any(r => r.Realm == realm);

    public async Task<bool> BucketExistsAsync(string bucket) =>
        (await S3.ListBucketsAsync()).Buckets?.Any(b => b.BucketName == bucket) ?? false;

    public Task<bool> SchemaExistsAsync(string schema) =>
        fixture.Postgres.ReadAsync<bool>("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)", schema);

    public Task<bool> RoleExistsAsync(string role) =>
        fixture.Postgres.ReadAsync<bool>("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", role);

    public Task<string> RoleCommentAsync(string role) => fixture.Postgres.ReadAsync<string>(
        "SELECT shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = $1", role);

    /// <summary>The tenant's admin user in its realm, or null.</summary>
    public Task<UserRepresentation?> FindAdminUserAsync(TestTenant tenant) => Keycloak.FindUserAsync(
        tenant.Resources.Realm, tenant.Email, TestContext.Current.CancellationToken);

    /// <summary>A client of the object store with <see cref="ProvisioningFixture.OtherAccount"/>.</summary>
    public IAmazonS3 CreateOtherAccountS3() => ObjectStoreClient.Create(new S3Options(
        fixture.Sandbox.S3, "us-east-1", ProvisioningFixture.OtherAccount.AccessKey,
        ProvisioningFixture.OtherAccount.SecretKey, null));

    /// <summary>The bucket's tags; empty if it has none.</summary>
    public async Task<Dictionary<string, string>> BucketTagsAsync(string bucket)
    {
        try
        {
            return (await S3.GetBucketTaggingAsync(new GetBucketTaggingRequest { BucketName = bucket }))
                .TagSet.ToDictionary(tag => tag.Key, tag => tag.Value);
        }
        catch (AmazonS3Exception e) when (e.ErrorCode == "NoSuchTagSet")
        {
            return [];
        }
    }

    /// <summary>Writes two versions of an object, a delete marker and an unfinished upload.</summary>
    public async Task FillAsync(string bucket)
    {
        await S3.PutBucketVersioningAsync(new PutBucketVersioningRequest
        {
            BucketName = bucket,
            VersioningConfig = new S3BucketVersioningConfig { Status = VersionStatus.Enabled },
        });
        foreach (string body in (string[])["first", "second"])
        {
            await S3.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = "object", ContentBody = body });
        }

        await S3.DeleteObjectAsync(bucket, "object");
        await S3.InitiateMultipartUploadAsync(bucket, "upload");
    }

    /// <summary>
    /// Lists the objects under the names that provisioning gives to a tenant's objects; empty after a rollback.
    /// </summary>
    public async Task<string[]> ObjectsOfAsync(TestTenant tenant)
    {
        var (resources, found) = (tenant.Resources, new List<string>());
        if (await RealmExistsAsync(resources.Realm))
        {
            found.Add("realm");
            if (await Keycloak.FindClientAsync(resources.Realm, resources.Client, default) is not null)
            {
                found.Add("client");
            }

            if (await Keycloak.FindUserAsync(resources.Realm, tenant.Email, default) is not null)
            {
                found.Add("user");
            }
        }

        if (await SchemaExistsAsync(resources.Schema))
        {
            found.Add("schema");
        }

        if (await RoleExistsAsync(resources.Schema))
        {
            found.Add("role");
        }

        if (await BucketExistsAsync(resources.Bucket))
        {
            found.Add("bucket");
        }

        return [.. found];
    }
}
