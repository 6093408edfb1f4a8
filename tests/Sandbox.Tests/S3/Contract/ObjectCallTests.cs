using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.AspNetCore.Http;
using Sandbox.S3.Signing;
using Testing;
using Worker.Systems.S3;

namespace Sandbox.Tests.S3.Contract;

/// <summary>Calls of the usual clients that the product does not make, on the stand-in and on a real MinIO.</summary>
public sealed partial class ObjectCallTests(ObjectStore store) : IClassFixture<ObjectStore>, IAsyncLifetime
{
    private readonly string bucket = $"tenant-{SandboxFixture.UniqueKey()}-files";
    private readonly HttpClient http = new();

    private AmazonS3Client S3 => store.S3;

    public async ValueTask InitializeAsync() => await S3.PutBucketAsync(bucket);

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await store.Buckets.DeleteAsync(bucket, () => Task.CompletedTask, CancellationToken.None);
    }

    [Fact]
    public async Task A_presigned_address_writes_and_reads_without_an_account()
    {
        using var put = await http.PutAsync(Presigned(HttpVerb.PUT, "a b/c+d"), new StringContent("content"));
        using var get = await http.GetAsync(Presigned(HttpVerb.GET, "a b/c+d"));

        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        Assert.Equal("content", await get.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_presigned_address_that_was_changed_is_refused()
    {
        await PutAsync("one");
        var address = Presigned(HttpVerb.GET, "one");

        Assert.Equal((200, ""), await GetAsync(address));
        Assert.Equal((403, "SignatureDoesNotMatch"), await GetAsync(Other(address)));
        Assert.Equal((403, "SignatureDoesNotMatch"), await GetAsync(Longer(address)));
        Assert.Equal((403, "SignatureDoesNotMatch"), await SendAsync(HttpMethod.Delete, address));

        static string Other(string address) => address.Replace("/one?", "/two?", StringComparison.Ordinal);

        static string Longer(string address) =>
            address.Replace("X-Amz-Expires=", "X-Amz-Expires=1", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_presigned_address_past_its_time_or_of_a_foreign_account_is_refused()
    {
        await PutAsync("one");
        using var stranger = ObjectStoreClient.Create(store.Options with { AccessKey = "unknown" });

        Assert.Equal((403, "AccessDenied"), await GetAsync(Expired("one")));
        Assert.Equal((403, "InvalidAccessKeyId"), await GetAsync(Presigned(stranger, HttpVerb.GET, "one")));
    }

    [Fact]
    public async Task A_copy_has_the_content_and_the_metadata_or_new_metadata()
    {
        await S3.PutObjectAsync(new PutObjectRequest
        {
            BucketName = bucket,
            Key = "a b/source",
            ContentBody = "content",
            ContentType = "text/plain",
            Metadata = { ["color"] = "red" },
        });

        var copied = await S3.CopyObjectAsync(bucket, "a b/source", bucket, "copy");
        await S3.CopyObjectAsync(new CopyObjectRequest
        {
            SourceBucket = bucket,
            SourceKey = "a b/source",
            DestinationBucket = bucket,
            DestinationKey = "other",
            MetadataDirective = S3MetadataDirective.REPLACE,
            ContentType = "text/css",
            Metadata = { ["color"] = "blue" },
        });

        var copy = await S3.GetObjectMetadataAsync(bucket, "copy");
        var other = await S3.GetObjectMetadataAsync(bucket, "other");
        Assert.Equal(copied.ETag, copy.ETag);
        Assert.Equal(("text/plain", "red", 7), (copy.Headers.ContentType, copy.Metadata["color"], copy.ContentLength));
        Assert.Equal(
            ("text/css", "blue", 7), (other.Headers.ContentType, other.Metadata["color"], other.ContentLength));
    }

    [Fact]
    public async Task A_copy_of_an_absent_object_or_onto_itself_is_refused()
    {
        await PutAsync("one");

        var absent = await S3Client.RefusedAsync(() => S3.CopyObjectAsync(bucket, "absent", bucket, "copy"));
        var same = await S3Client.RefusedAsync(() => S3.CopyObjectAsync(bucket, "one", bucket, "one"));

        Assert.Equal((HttpStatusCode.NotFound, "NoSuchKey"), (absent.StatusCode, absent.ErrorCode));
        Assert.Equal((HttpStatusCode.BadRequest, "InvalidRequest"), (same.StatusCode, same.ErrorCode));
    }

    [Fact]
    public async Task The_first_version_of_the_list_call_has_pages_and_common_prefixes()
    {
        foreach (var key in new[] { "a", "b/1", "b/2", "c" }) await PutAsync(key);

        var plain = await S3.ListObjectsAsync(new ListObjectsRequest { BucketName = bucket, MaxKeys = 2 });
        var next = await S3.ListObjectsAsync(new ListObjectsRequest { BucketName = bucket, Marker = "b/1" });
        var grouped = await S3.ListObjectsAsync(
            new ListObjectsRequest { BucketName = bucket, Delimiter = "/", MaxKeys = 2 });
        var rest = await S3.ListObjectsAsync(
            new ListObjectsRequest { BucketName = bucket, Delimiter = "/", Marker = grouped.NextMarker });

        Assert.Equal(["a", "b/1"], plain.S3Objects.Select(o => o.Key));
        Assert.Equal(["b/2", "c"], next.S3Objects.Select(o => o.Key));
        Assert.Equal((true, false), (plain.IsTruncated, next.IsTruncated));
        Assert.Equal(["a"], grouped.S3Objects.Select(o => o.Key));
        Assert.Equal(["b/"], grouped.CommonPrefixes);
        Assert.True(grouped.IsTruncated);
        // MinIO adds the position in its cache to the marker.
        Assert.StartsWith("b/", grouped.NextMarker, StringComparison.Ordinal);
        Assert.Equal(["c"], rest.S3Objects.Select(o => o.Key));
        Assert.NotNull(plain.S3Objects[0].Owner);
    }

    [Fact]
    public async Task An_objects_tags_are_set_read_and_deleted()
    {
        await S3.PutObjectAsync(new PutObjectRequest
        {
            BucketName = bucket,
            Key = "one",
            ContentBody = "content",
            TagSet = [new Tag { Key = "color", Value = "dark red" }],
        });
        var first = await TagsAsync("one");
        var counted = await S3.GetObjectAsync(bucket, "one");
        await S3.PutObjectTaggingAsync(new PutObjectTaggingRequest
        {
            BucketName = bucket,
            Key = "one",
            Tagging = new Tagging { TagSet = [new Tag { Key = "size", Value = "1" }] },
        });
        var second = await TagsAsync("one");
        await S3.CopyObjectAsync(bucket, "one", bucket, "copy");
        var copied = await TagsAsync("copy");
        await S3.DeleteObjectTaggingAsync(new DeleteObjectTaggingRequest { BucketName = bucket, Key = "one" });

        Assert.Equal(["color=dark red"], first);
        Assert.Equal(1, counted.TagCount);
        Assert.Equal(["size=1"], second);
        Assert.Equal(["size=1"], copied);
        Assert.Empty(await TagsAsync("one"));
    }

    [Fact]
    public async Task Tags_of_an_absent_object_and_more_than_ten_are_refused()
    {
        await PutAsync("one");

        var absent = await S3Client.RefusedAsync(() => TagsAsync("absent"));
        var many = await S3Client.RefusedAsync(() => S3.PutObjectTaggingAsync(new PutObjectTaggingRequest
        {
            BucketName = bucket,
            Key = "one",
            Tagging = new Tagging
            {
                TagSet = [.. Enumerable.Range(0, 11).Select(n => new Tag { Key = $"k{n}", Value = "v" })],
            },
        }));

        Assert.Equal((HttpStatusCode.NotFound, "NoSuchKey"), (absent.StatusCode, absent.ErrorCode));
        Assert.Equal((HttpStatusCode.BadRequest, "BadRequest"), (many.StatusCode, many.ErrorCode));
    }

    [Fact]
    public async Task Unmet_conditions_are_answered_without_the_objects_checksum()
    {
        var put = await PutWithChecksumAsync("one");
        var address = S3.GetPreSignedURL(new GetPreSignedUrlRequest
        {
            BucketName = bucket,
            Key = "one",
            Protocol = Protocol.HTTP,
            Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(5),
            Headers = { ["x-amz-checksum-mode"] = "ENABLED" },
        });

        Assert.Equal((304, false), await SendAsync(address, "If-None-Match", put.ETag));
        Assert.Equal((412, false), await SendAsync(address, "If-Match", "\"other\""));
        Assert.Equal((200, true), await SendAsync(address, "If-Match", put.ETag));

        async Task<(int Status, bool HasChecksum)> SendAsync(string target, string condition, string tag)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, target);
            request.Headers.TryAddWithoutValidation(condition, tag);
            request.Headers.TryAddWithoutValidation("x-amz-checksum-mode", "ENABLED");
            using var answer = await http.SendAsync(request);
            return ((int)answer.StatusCode, answer.Headers.Contains("x-amz-checksum-crc32"));
        }
    }

    [Fact]
    public async Task A_checksum_names_its_type()
    {
        var put = await PutWithChecksumAsync("one");
        var read = await S3.GetObjectMetadataAsync(
            new GetObjectMetadataRequest { BucketName = bucket, Key = "one", ChecksumMode = ChecksumMode.ENABLED });

        Assert.Equal(("y/Q5Jg==", ChecksumType.FULL_OBJECT), (put.ChecksumCRC32, put.ChecksumType));
        Assert.Equal(("y/Q5Jg==", ChecksumType.FULL_OBJECT), (read.ChecksumCRC32, read.ChecksumType));
    }

    private string Presigned(HttpVerb verb, string key) => Presigned(S3, verb, key);

    private string Presigned(AmazonS3Client client, HttpVerb verb, string key) =>
        client.GetPreSignedURL(new GetPreSignedUrlRequest
        {
            BucketName = bucket,
            Key = key,
            Verb = verb,
            Protocol = Protocol.HTTP,
            Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(5),
        });

    private Task<(int Status, string Code)> GetAsync(string address) => SendAsync(HttpMethod.Get, address);

    private async Task<(int Status, string Code)> SendAsync(HttpMethod method, string address)
    {
        using var answer = await http.SendAsync(new HttpRequestMessage(method, address));
        return ((int)answer.StatusCode, Code().Match(await answer.Content.ReadAsStringAsync()).Groups[1].Value);
    }

    /// <summary>An address that was signed an hour ago, for a minute.</summary>
    private string Expired(string key)
    {
        var date = (TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1))
            .ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var signer = Signer.For(store.Options.SecretKey!, date, "us-east-1");
        var query = "?X-Amz-Algorithm=AWS4-HMAC-SHA256"
            + $"&X-Amz-Credential={Uri.EscapeDataString($"{store.Options.AccessKey}/{signer.Scope}")}"
            + $"&X-Amz-Date={date}&X-Amz-Expires=60&X-Amz-SignedHeaders=host";
        var request = new DefaultHttpContext().Request;
        request.Method = "GET";
        request.QueryString = new QueryString(query);
        request.Headers.Host = store.Options.Endpoint!.Authority;
        var signature = signer.SignRequest(
            CanonicalRequest.Of(request, $"/{bucket}/{key}", ["host"], "UNSIGNED-PAYLOAD"));
        return $"{store.Options.Endpoint.GetLeftPart(UriPartial.Authority)}/{bucket}/{key}{query}"
            + $"&X-Amz-Signature={signature}";
    }

    private Task<PutObjectResponse> PutWithChecksumAsync(string key) => S3.PutObjectAsync(new PutObjectRequest
    {
        BucketName = bucket,
        Key = key,
        ContentBody = "123456789",
        ChecksumCRC32 = "y/Q5Jg==",
    });

    private async Task<IEnumerable<string>> TagsAsync(string key) =>
        (await S3.GetObjectTaggingAsync(new GetObjectTaggingRequest { BucketName = bucket, Key = key })).Tagging?
        .Select(tag => $"{tag.Key}={tag.Value}") ?? [];

    private Task<PutObjectResponse> PutAsync(string key) =>
        S3.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = key, ContentBody = "content" });

    [GeneratedRegex("<Code>(.*?)</Code>")]
    private static partial Regex Code();
}
