using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using Testing;
using Worker.Systems;
using Worker.Systems.S3;

namespace Sandbox.Tests.S3.Contract;

/// <summary>Each call that the product makes to an object store, on the stand-in and on a real MinIO.</summary>
public sealed class ObjectStoreTests(ObjectStore store) : IClassFixture<ObjectStore>, IAsyncLifetime
{
    private readonly string bucket = $"tenant-{SandboxFixture.UniqueKey()}-files";
    private readonly OwnershipMark mark = new(Id(), Id(), 1);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() =>
        await store.Buckets.DeleteAsync(bucket, () => Task.CompletedTask, CancellationToken.None);

    [Fact]
    public async Task An_absent_bucket_is_reported_with_the_servers_time_which_is_not_after_a_new_ones_creation()
    {
        var absentAt = await store.Buckets.FindAbsenceTimeAsync(bucket, default);
        Assert.NotNull(absentAt);
        Assert.True(await store.Buckets.CreateAsync(bucket, default));

        Assert.Null(await store.Buckets.FindAbsenceTimeAsync(bucket, default));
        // A bucket without tags, as after a lost answer.
        Assert.Equal(Ownership.LowerAttempt, await store.Buckets.GetOwnershipAsync(bucket, mark, absentAt, default));
        Assert.Equal(Ownership.Foreign, await store.Buckets.GetOwnershipAsync(bucket, mark, null, default));
    }

    [Fact]
    public async Task A_second_creation_reports_the_existing_bucket()
    {
        Assert.True(await store.Buckets.CreateAsync(bucket, default));
        Assert.False(await store.Buckets.CreateAsync(bucket, default));
        var refused = await S3Client.RefusedAsync(() => store.S3.PutBucketAsync(bucket));
        Assert.Equal((HttpStatusCode.Conflict, "BucketAlreadyOwnedByYou"), (refused.StatusCode, refused.ErrorCode));
    }

    [Fact]
    public async Task Tags_identify_the_owner()
    {
        await store.Buckets.CreateAsync(bucket, default);
        var none = await S3Client.RefusedAsync(() => store.S3.GetBucketTaggingAsync(new() { BucketName = bucket }));
        Assert.Equal((HttpStatusCode.NotFound, "NoSuchTagSet"), (none.StatusCode, none.ErrorCode));

        await store.Buckets.TagAsync(bucket, mark, default);

        Assert.Equal(Ownership.Ours, await store.Buckets.GetOwnershipAsync(bucket, mark, null, default));
        var stranger = mark with { Tenant = Id() };
        Assert.Equal(Ownership.Foreign, await store.Buckets.GetOwnershipAsync(bucket, stranger, null, default));
    }

    [Fact]
    public async Task A_public_access_block_is_not_supported()
    {
        await store.Buckets.CreateAsync(bucket, default);
        Assert.False(await store.Buckets.BlockPublicAccessAsync(bucket, default));
    }

    [Fact]
    public async Task A_bucket_with_an_object_is_not_deleted()
    {
        await store.Buckets.CreateAsync(bucket, default);
        await PutAsync("object");
        var refused = await S3Client.RefusedAsync(() => store.S3.DeleteBucketAsync(bucket));
        Assert.Equal((HttpStatusCode.Conflict, "BucketNotEmpty"), (refused.StatusCode, refused.ErrorCode));
    }

    [Fact]
    public async Task Versions_markers_and_uploads_are_found_and_deleted_with_the_bucket()
    {
        await store.Buckets.CreateAsync(bucket, default);
        await store.S3.PutBucketVersioningAsync(new PutBucketVersioningRequest
        {
            BucketName = bucket,
            VersioningConfig = new S3BucketVersioningConfig { Status = VersionStatus.Enabled },
        });
        foreach (var key in new[] { "a/first", "a/first", "b c+d", "ü" })
            await PutAsync(key);
        await store.S3.DeleteObjectAsync(bucket, "ü");
        var upload = await store.S3.InitiateMultipartUploadAsync(bucket, "a/upload");
        await store.S3.UploadPartAsync(new UploadPartRequest
        {
            BucketName = bucket,
            Key = "a/upload",
            UploadId = upload.UploadId,
            PartNumber = 1,
            InputStream = new MemoryStream(new byte[1000]),
        });
        Assert.Equal(5, await store.Buckets.CountAsync(bucket, default));

        await store.Buckets.DeleteAsync(bucket, () => Task.CompletedTask, default);

        Assert.NotNull(await store.Buckets.FindAbsenceTimeAsync(bucket, default));
        Assert.DoesNotContain((await store.S3.ListBucketsAsync()).Buckets ?? [], b => b.BucketName == bucket);
        await store.Buckets.DeleteAsync(bucket, () => Task.CompletedTask, default);
    }

    [Fact]
    public async Task More_than_a_page_of_objects_is_deleted()
    {
        await store.Buckets.CreateAsync(bucket, default);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 1010),
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (number, _) => await PutAsync($"object-{number}"));

        await store.Buckets.DeleteAsync(bucket, () => Task.CompletedTask, default);

        Assert.NotNull(await store.Buckets.FindAbsenceTimeAsync(bucket, default));
    }

    [Fact]
    public async Task Unfinished_uploads_are_listed_for_the_whole_bucket()
    {
        await store.Buckets.CreateAsync(bucket, default);
        var upload = await store.S3.InitiateMultipartUploadAsync(bucket, "folder/upload");

        var uploads = await store.S3.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = bucket });

        Assert.Equal([upload.UploadId], (uploads.MultipartUploads ?? []).Select(u => u.UploadId));
    }

    [Theory]
    [InlineData("InvalidAccessKeyId", true)]
    [InlineData("SignatureDoesNotMatch", false)]
    public async Task Wrong_credentials_are_distinguished(string code, bool wrongKey)
    {
        using var s3 = ObjectStoreClient.Create(wrongKey
            ? store.Options with { AccessKey = "nobody-at-all" }
            : store.Options with { SecretKey = "wrong-secret-key" });
        var refused = await S3Client.RefusedAsync(() => s3.ListBucketsAsync());
        Assert.Equal((HttpStatusCode.Forbidden, code), (refused.StatusCode, refused.ErrorCode));
    }

    private static Guid Id() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());

    private Task<PutObjectResponse> PutAsync(string key) =>
        store.S3.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = key, ContentBody = "content" });
}
