using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Time.Testing;
using Sandbox.Hosting;
using Testing;

namespace Sandbox.Tests.S3;

public sealed class BucketTests(SandboxFixture fixture) : IDisposable
{
    private readonly AmazonS3Client s3 = S3Client.Create(fixture.Sandbox.S3!);
    private readonly string bucket = $"tenant-{SandboxFixture.UniqueKey()}-files";

    public void Dispose() => s3.Dispose();

    [Fact]
    public async Task A_bucket_exists_from_its_creation_to_its_deletion()
    {
        var absent = await S3Client.RefusedAsync(
            () => s3.HeadBucketAsync(new HeadBucketRequest { BucketName = bucket }));
        Assert.Equal(HttpStatusCode.NotFound, absent.StatusCode);

        await s3.PutBucketAsync(bucket);
        var present = await s3.HeadBucketAsync(new HeadBucketRequest { BucketName = bucket });
        Assert.Equal("us-east-1", present.BucketRegion);
        Assert.Contains((await s3.ListBucketsAsync()).Buckets, entry => entry.BucketName == bucket);

        await s3.DeleteBucketAsync(bucket);
        var gone = await S3Client.RefusedAsync(() => s3.DeleteBucketAsync(bucket));
        Assert.Equal((HttpStatusCode.NotFound, "NoSuchBucket"), (gone.StatusCode, gone.ErrorCode));
    }

    [Fact]
    public async Task Buckets_are_listed_page_by_page_in_the_order_of_their_names()
    {
        string[] names = [$"{bucket}-1", $"{bucket}-2", $"{bucket}-3"];
        foreach (var name in names.Reverse())
        {
            await s3.PutBucketAsync(name);
        }

        var first = await s3.ListBucketsAsync(new ListBucketsRequest { MaxBuckets = 2, Prefix = bucket });
        var second = await s3.ListBucketsAsync(new ListBucketsRequest
        {
            MaxBuckets = 2,
            Prefix = bucket,
            ContinuationToken = first.ContinuationToken,
        });

        Assert.Equal(names[..2], first.Buckets.Select(entry => entry.BucketName));
        Assert.Equal(names[2..], second.Buckets.Select(entry => entry.BucketName));
        Assert.Null(second.ContinuationToken);
        var refused = await S3Client.RefusedAsync(
            () => s3.ListBucketsAsync(new ListBucketsRequest { MaxBuckets = 10_001 }));
        Assert.Equal((HttpStatusCode.BadRequest, "InvalidArgument"), (refused.StatusCode, refused.ErrorCode));
    }

    [Fact]
    public async Task A_new_bucket_is_encrypted_and_blocks_public_access_as_on_amazon()
    {
        await s3.PutBucketAsync(bucket);
        var block = await s3.GetPublicAccessBlockAsync(new GetPublicAccessBlockRequest { BucketName = bucket });
        Assert.True(block.PublicAccessBlockConfiguration.RestrictPublicBuckets);
        var ownership = await s3.GetBucketOwnershipControlsAsync(
            new GetBucketOwnershipControlsRequest { BucketName = bucket });
        Assert.Equal(ObjectOwnership.BucketOwnerEnforced, ownership.OwnershipControls.Rules.Single().ObjectOwnership);
        var encryption = await s3.GetBucketEncryptionAsync(new GetBucketEncryptionRequest { BucketName = bucket });
        Assert.Equal(
            ServerSideEncryptionMethod.AES256,
            encryption.ServerSideEncryptionConfiguration.ServerSideEncryptionRules.Single()
                .ServerSideEncryptionByDefault.ServerSideEncryptionAlgorithm);
    }

    [Fact]
    public async Task A_second_creation_of_a_bucket_is_refused()
    {
        await s3.PutBucketAsync(bucket);
        var refusal = await S3Client.RefusedAsync(() => s3.PutBucketAsync(bucket));
        Assert.Equal((HttpStatusCode.Conflict, "BucketAlreadyOwnedByYou"), (refusal.StatusCode, refusal.ErrorCode));
    }

    [Theory]
    [InlineData("Tenant-files")]
    [InlineData("ab")]
    [InlineData("tenant_files")]
    [InlineData("-tenant")]
    [InlineData("tenant..files")]
    [InlineData("192.168.0.1")]
    [InlineData("xn--tenant")]
    [InlineData("tenant-s3alias")]
    public async Task An_invalid_name_is_refused(string name)
    {
        var refusal = await S3Client.RefusedAsync(() => s3.PutBucketAsync(name));
        Assert.Equal((HttpStatusCode.BadRequest, "InvalidBucketName"), (refusal.StatusCode, refusal.ErrorCode));
    }

    [Fact]
    public async Task Tags_are_missing_until_they_are_put_and_then_stored()
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
    public async Task A_reserved_tag_is_refused()
    {
        await s3.PutBucketAsync(bucket);
        var refusal = await S3Client.RefusedAsync(() => s3.PutBucketTaggingAsync(new PutBucketTaggingRequest
        {
            BucketName = bucket,
            TagSet = [new Tag { Key = "aws:tenant", Value = "x" }],
        }));
        Assert.Equal((HttpStatusCode.BadRequest, "InvalidTag"), (refusal.StatusCode, refusal.ErrorCode));
    }

    [Fact]
    public async Task Lifecycle_and_policy_are_stored_until_they_are_deleted()
    {
        await s3.PutBucketAsync(bucket);
        await s3.PutLifecycleConfigurationAsync(bucket, new LifecycleConfiguration
        {
            Rules =
            [
                new()
                {
                    Id = "uploads",
                    Status = LifecycleRuleStatus.Enabled,
                    Filter = new() { Prefix = "" },
                    AbortIncompleteMultipartUpload = new() { DaysAfterInitiation = 7 },
                },
            ],
        });
        await s3.PutBucketPolicyAsync(bucket, """{"Version":"2012-10-17","Statement":[]}""");
        Assert.Equal("uploads", (await s3.GetLifecycleConfigurationAsync(bucket)).Configuration.Rules.Single().Id);
        Assert.Contains("Statement", (await s3.GetBucketPolicyAsync(bucket)).Policy, StringComparison.Ordinal);

        await s3.DeleteBucketPolicyAsync(bucket);
        Assert.Equal(HttpStatusCode.NotFound, (await s3.GetBucketPolicyAsync(bucket)).HttpStatusCode);
    }

    [Theory]
    [InlineData("cors")]
    [InlineData("website")]
    [InlineData("object-lock")]
    [InlineData("something-new")]
    public async Task An_unsupported_setting_is_refused_and_not_treated_as_the_bucket_itself(string subresource)
    {
        await s3.PutBucketAsync(bucket);
        using var raw = new RawS3(fixture.Sandbox.S3!);
        Assert.Equal((501, "NotImplemented"), await raw.SendAsync("DELETE", $"/{bucket}?{subresource}="));
        await s3.HeadBucketAsync(new HeadBucketRequest { BucketName = bucket });
    }

    [Fact]
    public async Task Every_answer_has_the_date_of_the_sandboxs_clock()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero));
        await using var sandbox = await SandboxHost.StartAsync(new SandboxOptions
        {
            KeycloakPort = null,
            S3Port = 0,
            NovuPort = null,
            TemporalPort = null,
            TimeProvider = time,
        });
        using var http = new HttpClient();
        using var answer = await http.GetAsync(sandbox.S3);
        Assert.Equal(time.GetUtcNow(), answer.Headers.Date);
    }

    [Fact]
    public async Task The_date_of_an_answer_is_not_later_than_a_subsequent_creation()
    {
        using var raw = new RawS3(fixture.Sandbox.S3!);
        var before = await raw.DateAsync("HEAD", $"/{bucket}");
        await s3.PutBucketAsync(bucket);
        var created = (await s3.ListBucketsAsync()).Buckets.Single(entry => entry.BucketName == bucket).CreationDate;
        Assert.True(created!.Value.ToUniversalTime() >= before.UtcDateTime, $"{created} < {before}");
    }
}
