using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.DependencyInjection;
using Worker.Systems.Keycloak;

namespace Worker.Tests.Support;

/// <summary>The outside systems as they are, read directly.</summary>
public sealed class Systems(ProvisioningWorld world)
{
    public KeycloakAdmin Keycloak => world.Services.GetRequiredService<KeycloakAdmin>();

    public IAmazonS3 S3 => world.Services.GetRequiredService<IAmazonS3>();

    public async Task<bool> RealmExistsAsync(string realm) =>
        (await Keycloak.FindRealmsAsync(default) ?? []).Any(r => r.Realm == realm);

    public async Task<bool> BucketExistsAsync(string bucket) =>
        (await S3.ListBucketsAsync()).Buckets?.Any(b => b.BucketName == bucket) ?? false;

    public Task<bool> SchemaExistsAsync(string schema) =>
        world.Postgres.ReadAsync<bool>("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)", schema);

    public Task<bool> RoleExistsAsync(string role) =>
        world.Postgres.ReadAsync<bool>("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", role);

    public Task<string> RoleCommentAsync(string role) => world.Postgres.ReadAsync<string>(
        "SELECT shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = $1", role);

    /// <summary>None where it has no tags.</summary>
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

    /// <summary>Two versions of an object, a delete marker and an unfinished upload.</summary>
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
    /// What there is of a tenant, by the names that provisioning gives them; nothing after a rollback.
    /// </summary>
    public async Task<string[]> OfAsync(TestTenant tenant)
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
