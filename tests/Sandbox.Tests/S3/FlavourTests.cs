using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using Sandbox.Hosting;
using Sandbox.S3;

namespace Sandbox.Tests.S3;

/// <summary>Other S3 servers; the expected answers of MinIO were observed on a real server.</summary>
public sealed class FlavourTests
{
    private const string Bucket = "tenant-acme-files";

    [Fact]
    public async Task A_second_creation_succeeds_in_us_east_1()
    {
        await using var sandbox = await StartAsync(S3Flavour.AwsUsEast1);
        using var s3 = S3Client.Create(sandbox.S3!);
        await s3.PutBucketAsync(Bucket);
        await s3.PutBucketAsync(Bucket);
        Assert.Equal(Bucket, (await s3.ListBucketsAsync()).Buckets.Single().BucketName);
    }

    [Fact]
    public async Task Minio_has_no_public_access_block()
    {
        await using var sandbox = await StartAsync(S3Flavour.Minio);
        using var s3 = S3Client.Create(sandbox.S3!);
        await s3.PutBucketAsync(new PutBucketRequest
        {
            BucketName = Bucket,
            ObjectOwnership = ObjectOwnership.BucketOwnerEnforced,
        });
        var put = await S3Client.RefusedAsync(() => s3.PutPublicAccessBlockAsync(new PutPublicAccessBlockRequest
        {
            BucketName = Bucket,
            PublicAccessBlockConfiguration = new() { BlockPublicAcls = true },
        }));
        Assert.Equal((HttpStatusCode.BadRequest, "MalformedXML"), (put.StatusCode, put.ErrorCode));
        var get = await S3Client.RefusedAsync(() =>
            s3.GetPublicAccessBlockAsync(new GetPublicAccessBlockRequest { BucketName = Bucket }));
        Assert.Equal((HttpStatusCode.NotImplemented, "NotImplemented"), (get.StatusCode, get.ErrorCode));
    }

    [Fact]
    public async Task Minio_deletes_the_bucket_on_a_deletion_of_its_public_access_block()
    {
        await using var sandbox = await StartAsync(S3Flavour.Minio);
        using var s3 = S3Client.Create(sandbox.S3!);
        await s3.PutBucketAsync(Bucket);
        await s3.DeletePublicAccessBlockAsync(new DeletePublicAccessBlockRequest { BucketName = Bucket });
        var gone = await S3Client.RefusedAsync(() => s3.HeadBucketAsync(new HeadBucketRequest { BucketName = Bucket }));
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    private static Task<SandboxHost> StartAsync(S3Flavour flavour) => SandboxHost.StartAsync(new SandboxOptions
    {
        KeycloakPort = null,
        NovuPort = null,
        TemporalPort = null,
        S3Port = 0,
        S3 = new S3Options { Flavour = flavour },
    });
}
