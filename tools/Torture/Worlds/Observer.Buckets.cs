using System.Globalization;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;

namespace Torture.Worlds;

internal sealed partial class Observer
{
    /// <summary>Two versions of an object, one that is deleted, and an upload that nobody ends.</summary>
    public async Task PutObjectsAsync(string key, CancellationToken cancellation)
    {
        string bucket = $"tenant-{key}-files";
        await s3.PutBucketVersioningAsync(
            new() { BucketName = bucket, VersioningConfig = new() { Status = VersionStatus.Enabled } }, cancellation);
        foreach (string words in (string[])["one", "two"])
        {
            await s3.PutObjectAsync(new() { BucketName = bucket, Key = "kept", ContentBody = words }, cancellation);
        }

        await s3.PutObjectAsync(new() { BucketName = bucket, Key = "gone", ContentBody = "gone" }, cancellation);
        await s3.DeleteObjectAsync(new() { BucketName = bucket, Key = "gone" }, cancellation);
        await s3.InitiateMultipartUploadAsync(new() { BucketName = bucket, Key = "coming" }, cancellation);
    }

    private async Task PutSettingsAsync(string bucket, CancellationToken cancellation)
    {
        await s3.PutBucketTaggingAsync(
            new() { BucketName = bucket, TagSet = [new() { Key = "owner", Value = Nobody }] }, cancellation);
        await s3.PutBucketPolicyAsync(
            new()
            {
                BucketName = bucket,
                Policy = $$"""
                    {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["*"]},
                     "Action":["s3:GetObject"],"Resource":["arn:aws:s3:::{{bucket}}/kept"]}]}
                    """,
            },
            cancellation);
    }

    private async Task RemoveBucketAsync(string bucket, CancellationToken cancellation)
    {
        foreach (var version in await VersionsAsync(bucket, cancellation))
        {
            await s3.DeleteObjectAsync(
                new() { BucketName = bucket, Key = version.Key, VersionId = version.VersionId }, cancellation);
        }

        foreach (var upload in await UploadsAsync(bucket, cancellation))
        {
            await s3.AbortMultipartUploadAsync(
                new() { BucketName = bucket, Key = upload.Key, UploadId = upload.UploadId }, cancellation);
        }

        await s3.DeleteBucketAsync(bucket, cancellation);
    }

    private async Task<IReadOnlyList<string>> BucketPictureAsync(string bucket, CancellationToken cancellation)
    {
        if (await FindBucketAsync(bucket, cancellation) is not { } found)
        {
            return [];
        }

        var lines = new List<string>
        {
            $"bucket {bucket} of {found.CreationDate:O}",
            await SettingAsync("tags", async () => Listed(await TagsAsync(bucket, cancellation))),
            await SettingAsync("policy", async () => await PolicyAsync(bucket, cancellation)),
            await SettingAsync("versioning", async () => (await s3.GetBucketVersioningAsync(
                new GetBucketVersioningRequest { BucketName = bucket }, cancellation)).VersioningConfig?.Status?.Value),
            await SettingAsync("public access", async () =>
            {
                var block = (await s3.GetPublicAccessBlockAsync(new() { BucketName = bucket }, cancellation))
                    .PublicAccessBlockConfiguration;
                return $"{block.BlockPublicAcls} {block.BlockPublicPolicy} {block.IgnorePublicAcls} "
                    + $"{block.RestrictPublicBuckets}";
            }),
        };
        foreach (var version in await VersionsAsync(bucket, cancellation))
        {
            lines.Add($"version {version.Key} {version.VersionId} {version.LastModified:O} {version.ETag} "
                + $"{version.IsLatest} {(version.IsDeleteMarker == true
                    ? "deleted" : await HashAsync(bucket, version, cancellation))}");
        }

        lines.AddRange((await UploadsAsync(bucket, cancellation))
            .Select(upload => $"upload {upload.Key} {upload.UploadId} {upload.Initiated:O}"));
        return lines;
    }

    // Who has none, and what a server of another make does not know, has an error for it.
    private static async Task<string> SettingAsync(string name, Func<Task<string?>> read)
    {
        try
        {
            return $"{name} {await read()}";
        }
        catch (AmazonS3Exception e)
        {
            return $"{name} {e.ErrorCode}";
        }
    }

    // Of one that has none the client reads the error, with the request's id in it, as if it were the policy.
    private async Task<string?> PolicyAsync(string bucket, CancellationToken cancellation)
    {
        string? policy =
            (await s3.GetBucketPolicyAsync(new GetBucketPolicyRequest { BucketName = bucket }, cancellation)).Policy;
        return policy?.StartsWith('{') == true ? policy : null;
    }

    private static string Listed(IEnumerable<Tag> tags) => string.Join(
        ' ', tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"{tag.Key}={tag.Value}"));

    private async Task<string> HashAsync(string bucket, S3ObjectVersion version, CancellationToken cancellation)
    {
        using var got = await s3.GetObjectAsync(bucket, version.Key, version.VersionId, cancellation);
        byte[] hash = await SHA256.HashDataAsync(got.ResponseStream, cancellation);
        return string.Create(CultureInfo.InvariantCulture, $"{version.Size} {Convert.ToHexString(hash)}");
    }

    private async Task<S3Bucket?> FindBucketAsync(string bucket, CancellationToken cancellation) =>
        (await s3.ListBucketsAsync(cancellation)).Buckets?.FirstOrDefault(b => b.BucketName == bucket);

    private async Task<List<Tag>> TagsAsync(string bucket, CancellationToken cancellation) =>
        (await s3.GetBucketTaggingAsync(new() { BucketName = bucket }, cancellation)).TagSet ?? [];

    private async Task<List<S3ObjectVersion>> VersionsAsync(string bucket, CancellationToken cancellation) =>
        (await s3.ListVersionsAsync(new ListVersionsRequest { BucketName = bucket }, cancellation)).Versions ?? [];

    private async Task<List<MultipartUpload>> UploadsAsync(string bucket, CancellationToken cancellation) =>
        (await s3.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = bucket }, cancellation))
            .MultipartUploads ?? [];
}
