using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Testing;

namespace Sandbox.Tests.S3;

public sealed class ObjectTests(SandboxFixture fixture) : IAsyncLifetime
{
    private readonly AmazonS3Client s3 = S3Client.Create(fixture.Sandbox.S3!);
    private readonly string bucket = $"objects-{SandboxFixture.UniqueKey()}";

    public async ValueTask InitializeAsync() => await s3.PutBucketAsync(bucket);

    public ValueTask DisposeAsync()
    {
        s3.Dispose();
        return ValueTask.CompletedTask;
    }

    // The SDK's three framings of an upload: in signed chunks with a trailer, without a trailer, and plain.
    [Theory]
    [InlineData(RequestChecksumCalculation.WHEN_SUPPORTED, true, 200_000)]
    [InlineData(RequestChecksumCalculation.WHEN_REQUIRED, true, 200_000)]
    [InlineData(RequestChecksumCalculation.WHEN_REQUIRED, false, 200_000)]
    [InlineData(RequestChecksumCalculation.WHEN_SUPPORTED, true, 0)]
    public async Task An_object_is_returned_as_it_was_put(
        RequestChecksumCalculation checksums, bool chunked, int length)
    {
        using var client = S3Client.Create(
            fixture.Sandbox.S3!, configure: config => config.RequestChecksumCalculation = checksums);
        var data = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();
        await client.PutObjectAsync(new PutObjectRequest
        {
            BucketName = bucket,
            Key = "a b/ü+&.bin",
            InputStream = new MemoryStream(data),
            UseChunkEncoding = chunked,
            ContentType = "application/test",
            Metadata = { ["colour"] = "blue" },
        });
        using var answer = await client.GetObjectAsync(bucket, "a b/ü+&.bin");
        using var read = new MemoryStream();
        await answer.ResponseStream.CopyToAsync(read);
        Assert.Equal(data, read.ToArray());
        Assert.Equal(
            ("application/test", "blue", ""),
            (answer.Headers.ContentType, answer.Metadata["colour"], answer.Headers.ContentEncoding ?? ""));
    }

    [Fact]
    public async Task A_key_can_be_claimed_only_once()
    {
        await PutAsync(".owner", "first", request => request.IfNoneMatch = "*");
        var refusal = await S3Client.RefusedAsync(
            () => PutAsync(".owner", "second", request => request.IfNoneMatch = "*"));
        Assert.Equal(
            (HttpStatusCode.PreconditionFailed, "PreconditionFailed"), (refusal.StatusCode, refusal.ErrorCode));
        Assert.Equal("first", await GetAsync(".owner"));
    }

    [Fact]
    public async Task A_part_of_an_object_can_be_read()
    {
        await PutAsync("key", "0123456789");
        using var answer = await s3.GetObjectAsync(new GetObjectRequest
        {
            BucketName = bucket,
            Key = "key",
            ByteRange = new ByteRange(2, 4),
        });
        using var reader = new StreamReader(answer.ResponseStream);
        Assert.Equal((HttpStatusCode.PartialContent, "234"), (answer.HttpStatusCode, await reader.ReadToEndAsync()));
    }

    [Fact]
    public async Task A_listing_has_pages_and_groups_keys_by_delimiter()
    {
        foreach (var key in new[] { "a", "b/1", "b/2", "c", "d/1", "e" })
            await PutAsync(key, key);
        var seen = new List<string>();
        var request = new ListObjectsV2Request { BucketName = bucket, Delimiter = "/", MaxKeys = 2 };
        do
        {
            var page = await s3.ListObjectsV2Async(request);
            seen.AddRange((page.S3Objects ?? []).Select(entry => entry.Key).Concat(page.CommonPrefixes ?? []));
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (request.ContinuationToken is not null);
        Assert.Equal(["a", "b/", "c", "d/", "e"], seen);
    }

    [Fact]
    public async Task A_key_may_hold_characters_that_xml_cannot()
    {
        await PutAsync("a\u0001<&>", "x");
        var listed = await s3.ListObjectsV2Async(
            new ListObjectsV2Request { BucketName = bucket, Encoding = EncodingType.Url });
        Assert.Equal("a%01%3C%26%3E", listed.S3Objects.Single().Key);
        using var raw = new RawS3(fixture.Sandbox.S3!);
        Assert.Equal((200, ""), await raw.SendAsync("GET", $"/{bucket}?list-type=2"));
    }

    [Fact]
    public async Task A_bucket_that_is_not_empty_is_not_deleted()
    {
        await PutAsync("key", "x");
        var refusal = await S3Client.RefusedAsync(() => s3.DeleteBucketAsync(bucket));
        Assert.Equal((HttpStatusCode.Conflict, "BucketNotEmpty"), (refusal.StatusCode, refusal.ErrorCode));
    }

    [Fact]
    public async Task A_bucket_with_versions_is_not_empty_until_all_versions_and_markers_are_deleted()
    {
        await PutAsync("key", "before versioning");
        await s3.PutBucketVersioningAsync(new PutBucketVersioningRequest
        {
            BucketName = bucket,
            VersioningConfig = new() { Status = VersionStatus.Enabled },
        });
        await PutAsync("key", "one");
        await s3.DeleteObjectAsync(bucket, "key");
        Assert.Equal("NoSuchKey", (await S3Client.RefusedAsync(() => GetAsync("key"))).ErrorCode);
        Assert.Equal("BucketNotEmpty", (await S3Client.RefusedAsync(() => s3.DeleteBucketAsync(bucket))).ErrorCode);

        var versions = new List<S3ObjectVersion>();
        var request = new ListVersionsRequest { BucketName = bucket, MaxKeys = 2 };
        ListVersionsResponse page;
        do
        {
            page = await s3.ListVersionsAsync(request);
            versions.AddRange(page.Versions);
            (request.KeyMarker, request.VersionIdMarker) = (page.NextKeyMarker, page.NextVersionIdMarker);
        }
        while (page.IsTruncated == true);
        Assert.Equal(
            [(true, true), (false, false), (false, false)],
            versions.Select(version => (version.IsDeleteMarker == true, version.IsLatest == true)));
        Assert.Equal("null", versions[2].VersionId);

        await s3.DeleteObjectsAsync(new DeleteObjectsRequest
        {
            BucketName = bucket,
            Quiet = true,
            Objects = versions.ConvertAll(
                version => new KeyVersion { Key = version.Key, VersionId = version.VersionId }),
        });
        await s3.DeleteBucketAsync(bucket);
    }

    [Fact]
    public async Task Deleting_the_marker_restores_the_object()
    {
        await s3.PutBucketVersioningAsync(new PutBucketVersioningRequest
        {
            BucketName = bucket,
            VersioningConfig = new() { Status = VersionStatus.Enabled },
        });
        await PutAsync("key", "kept");
        var marker = await s3.DeleteObjectAsync(bucket, "key");
        await s3.DeleteObjectAsync(bucket, "key", marker.VersionId);
        Assert.Equal("kept", await GetAsync("key"));
    }

    [Fact]
    public async Task An_object_can_be_put_in_parts()
    {
        var upload = await s3.InitiateMultipartUploadAsync(bucket, "big");
        var parts = new List<PartETag>();
        foreach (var (number, size) in new[] { (1, 5 * 1024 * 1024), (2, 10) })
        {
            var part = await s3.UploadPartAsync(new UploadPartRequest
            {
                BucketName = bucket,
                Key = "big",
                UploadId = upload.UploadId,
                PartNumber = number,
                InputStream = new MemoryStream(new byte[size]),
            });
            parts.Add(new PartETag(number, part.ETag));
        }

        Assert.Equal(2, (await s3.ListPartsAsync(bucket, "big", upload.UploadId)).Parts.Count);
        var done = await s3.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest
        {
            BucketName = bucket,
            Key = "big",
            UploadId = upload.UploadId,
            PartETags = parts,
        });
        Assert.EndsWith("-2\"", done.ETag, StringComparison.Ordinal);
        Assert.Equal((5 * 1024 * 1024) + 10, (await s3.GetObjectMetadataAsync(bucket, "big")).ContentLength);
    }

    [Fact]
    public async Task An_upload_is_listed_until_it_is_aborted()
    {
        var upload = await s3.InitiateMultipartUploadAsync(bucket, "big");
        var listed = await s3.ListMultipartUploadsAsync(bucket);
        Assert.Equal(upload.UploadId, listed.MultipartUploads.Single().UploadId);

        await s3.AbortMultipartUploadAsync(bucket, "big", upload.UploadId);
        Assert.Null((await s3.ListMultipartUploadsAsync(bucket)).MultipartUploads);
        var again = await S3Client.RefusedAsync(() => s3.AbortMultipartUploadAsync(bucket, "big", upload.UploadId));
        Assert.Equal((HttpStatusCode.NotFound, "NoSuchUpload"), (again.StatusCode, again.ErrorCode));
    }

    [Fact]
    public async Task A_copy_as_a_part_of_an_upload_is_refused_as_not_implemented()
    {
        await PutAsync("key", "x");
        var upload = await s3.InitiateMultipartUploadAsync(bucket, "copy");
        var refusal = await S3Client.RefusedAsync(() => s3.CopyPartAsync(new CopyPartRequest
        {
            SourceBucket = bucket,
            SourceKey = "key",
            DestinationBucket = bucket,
            DestinationKey = "copy",
            UploadId = upload.UploadId,
            PartNumber = 1,
        }));
        Assert.Equal((HttpStatusCode.NotImplemented, "NotImplemented"), (refusal.StatusCode, refusal.ErrorCode));
    }

    private Task<PutObjectResponse> PutAsync(string key, string content, Action<PutObjectRequest>? configure = null)
    {
        var request = new PutObjectRequest { BucketName = bucket, Key = key, ContentBody = content };
        configure?.Invoke(request);
        return s3.PutObjectAsync(request);
    }

    private async Task<string> GetAsync(string key)
    {
        using var answer = await s3.GetObjectAsync(bucket, key);
        using var reader = new StreamReader(answer.ResponseStream);
        return await reader.ReadToEndAsync();
    }
}
