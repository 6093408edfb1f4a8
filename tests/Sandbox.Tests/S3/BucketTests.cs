using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using Testing;

namespace Sandbox.Tests.S3;

public sealed class BucketTests(SandboxFixture fixture) : IDisposable
{
    private readonly AmazonS3Client s3 = S3Client.Create(fixture.Sandbox.S3!);
    private readonly string bucket = $"tenant-{SandboxFixture.UniqueKey()}-files";

    public void Dispose() => s3.Dispose();

    [Fact]
    public async Task A_bucket_is_there_from_its_creation_to_its_deletion()
    {
        var absent = await S3Client.RefusedAsync(() => s3.HeadBucketAsync(new HeadBucketRequest { BucketName = bucket }));
        Assert.Equal(HttpStatusCode.NotFound, absent.StatusCode);

        await s3.PutBucketAsync(new PutBucketRequest
        {
            BucketName = bucket,
            ObjectOwnership = ObjectOwnership.BucketOwnerEnforced,
        });
        var present = await s3.HeadBucketAsync(new HeadBucketRequest { BucketName = bucket });
        Assert.Equal("us-east-1", present.BucketRegion);
        Assert.Contains((await s3.ListBucketsAsync()).Buckets, entry => entry.BucketName == bucket);
        var ownership = await s3.GetBucketOwnershipControlsAsync(new GetBucketOwnershipControlsRequest { BucketName = bucket });
        Assert.Equal(ObjectOwnership.BucketOwnerEnforced, ownership.OwnershipControls.Rules.Single().ObjectOwnership);

        await s3.DeleteBucketAsync(bucket);
        var gone = await S3Client.RefusedAsync(() => s3.DeleteBucketAsync(bucket));
        Assert.Equal("NoSuchBucket", gone.ErrorCode);
    }

    [Fact]
    public async Task Creating_ones_own_bucket_again_is_refused()
    {
        await s3.PutBucketAsync(bucket);
        var refusal = await S3Client.RefusedAsync(() => s3.PutBucketAsync(bucket));
        Assert.Equal((HttpStatusCode.Conflict, "BucketAlreadyOwnedByYou"), (refusal.StatusCode, refusal.ErrorCode));
    }

    [Fact]
    public async Task Tags_are_missing_until_they_are_put_and_then_kept()
    {
        await s3.PutBucketAsync(bucket);
        var missing = await S3Client.RefusedAsync(() => s3.GetBucketTaggingAsync(new() { BucketName = bucket }));
        Assert.Equal((HttpStatusCode.NotFound, "NoSuchTagSet"), (missing.StatusCode, missing.ErrorCode));

        await s3.PutBucketTaggingAsync(new PutBucketTaggingRequest
        {
            BucketName = bucket,
            TagSet = [new Tag { Key = "tenant", Value = "a b/ü" }, new Tag { Key = "attempt", Value = "1" }],
        });
        var tags = await s3.GetBucketTaggingAsync(new GetBucketTaggingRequest { BucketName = bucket });
        Assert.Equal(["tenant=a b/ü", "attempt=1"], tags.TagSet.Select(tag => $"{tag.Key}={tag.Value}"));
    }

    [Fact]
    public async Task The_public_is_shut_out_by_a_block()
    {
        await s3.PutBucketAsync(bucket);
        await s3.PutPublicAccessBlockAsync(new PutPublicAccessBlockRequest
        {
            BucketName = bucket,
            PublicAccessBlockConfiguration = new() { BlockPublicAcls = true, RestrictPublicBuckets = true },
        });
        var block = await s3.GetPublicAccessBlockAsync(new GetPublicAccessBlockRequest { BucketName = bucket });
        Assert.True(block.PublicAccessBlockConfiguration.BlockPublicAcls);
        Assert.False(block.PublicAccessBlockConfiguration.BlockPublicPolicy);
    }
}
