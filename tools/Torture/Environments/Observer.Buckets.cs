using System.Globalization;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;

namespace Torture.Environments;

internal sealed partial class Observer
{
    /// <summary>
    /// Puts two versions of one object, a deleted object and an incomplete multipart upload into a tenant's bucket.
    /// </summary>
    public async Task PutObjectsAsync(string key, CancellationToken cancellationToken)
    {
        string bucket = $"tenant-{key}-files";
        await s3.PutBucketVersioningAsync(
            new() { BucketName = bucket, VersioningConfig = new() { Status = VersionStatus.Enabled } },
            cancellationToken);
        foreach (string content in (string[])["one", "two"])
        {
            await s3.PutObjectAsync(
                new() { BucketName = bucket, Key = "kept", ContentBody = content }, cancellationToken);
        }

        await s3.PutObjectAsync(new() { BucketName = bucket, Key = "gone", ContentBody = "gone" }, cancellationToken);
        await s3.DeleteObjectAsync(new() { BucketName = bucket, Key = "gone" }, cancellationToken);
        await s3.InitiateMultipartUploadAsync(new() { BucketName = bucket, Key = "coming" }, cancellationToken);
    }

    private async Task PutSettingsAsync(string bucket, CancellationToken cancellationToken)
    {
        await s3.PutBucketTaggingAsync(
            new() { BucketName = bucket, TagSet = [new() { Key = "owner", Value = ForeignOwner }] }, cancellationToken);
        await s3.PutBucketPolicyAsync(
            new()
            {
                BucketName = bucket,
                Policy = $$"""
                    {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["*"]},
                     "Action":["s3:GetObject"],"Resource":["arn:aws:s3:::{{bucket}}/kept"]}]}
                    """,
            },
            cancellationToken);
    }

    private async Task RemoveBucketAsync(string bucket, CancellationToken cancellationToken)
    {
        foreach (var version in await VersionsAsync(bucket, cancellationToken))
        {
            await s3.DeleteObjectAsync(
                new() { BucketName = bucket, Key = version.Key, VersionId = version.VersionId }, cancellationToken);
        }

        foreach (var upload in await UploadsAsync(bucket, cancellationToken))
        {
            await s3.AbortMultipartUploadAsync(
                new() { BucketName = bucket, Key = upload.Key, UploadId = upload.UploadId }, cancellationToken);
        }

        await s3.DeleteBucketAsync(bucket, cancellationToken);
    }

    private async Task<IReadOnlyList<string>> BucketSnapshotAsync(string bucket, CancellationToken cancellationToken)
    {
        if (await FindBucketAsync(bucket, cancellationToken) is not { } found)
        {
            return [];
        }

        var lines = new List<string>
        {
            $"bucket {bucket} of {found.CreationDate:O}",
            await SettingAsync("tags", async () => Listed(await TagsAsync(bucket, cancellationToken))),
            await SettingAsync("policy", async () => await PolicyAsync(bucket, cancellationToken)),
            await SettingAsync("versioning", async () => (await s3.GetBucketVersioningAsync(
                new GetBucketVersioningRequest { BucketName = bucket },
                cancellationToken)).VersioningConfig?.Status?.Value),
            await SettingAsync("public access", async () =>
            {
                var block = (await s3.GetPublicAccessBlockAsync(new() { BucketName = bucket }, cancellationToken))
                    .PublicAccessBlockConfiguration;
                return $"{block.BlockPublicAcls} {block.BlockPublicPolicy} {block.IgnorePublicAcls} "
                    + $"{block.RestrictPublicBuckets}";
            }),
        };
        foreach (var version in await VersionsAsync(bucket, cancellationToken))
        {
            lines.Add($"version {version.Key} {version.VersionId} {version.LastModified:O} {version.ETag} "
                + $"{version.IsLatest} {(version.IsDeleteMarker == true
                    ? "deleted" : await HashAsync(bucket, version, cancellationToken))}");
        }

        lines.AddRange((await UploadsAsync(bucket, cancellationToken))
            .Select(upload => $"upload {upload.Key} {upload.UploadId} {upload.Initiated:O}"));
        return lines;
    }

    // A missing setting, and one that a server does not support, gives an error code instead.
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

    // Without a policy the client returns the error body, which contains the request id, as the policy.
    private async Task<string?> PolicyAsync(string bucket, CancellationToken cancellationToken)
    {
        string? policy =
            (await s3.GetBucketPolicyAsync(
                new GetBucketPolicyRequest { BucketName = bucket }, cancellationToken)).Policy;
        return policy?.StartsWith('{') == true ? policy : null;
    }

    private static string Listed(IEnumerable<Tag> tags) => string.Join(
        ' ', tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"{tag.Key}={tag.Value}"));

    private async Task<string> HashAsync(string bucket, S3ObjectVersion version, CancellationToken cancellationToken)
    {
        using var got = await s3.GetObjectAsync(bucket, version.Key, version.VersionId, cancellationToken);
        byte[] hash = await SHA256.HashDataAsync(got.ResponseStream, cancellationToken);
        return string.Create(CultureInfo.InvariantCulture, $"{version.Size} {Convert.ToHexString(hash)}");
    }

    private async Task<S3Bucket?> FindBucketAsync(string bucket, CancellationToken cancellationToken) =>
        (await s3.ListBucketsAsync(cancellationToken)).Buckets?.FirstOrDefault(b => b.BucketName == bucket);

    private async Task<List<Tag>> TagsAsync(string bucket, CancellationToken cancellationToken) =>
        (await s3.GetBucketTaggingAsync(new() { BucketName = bucket }, cancellationToken)).TagSet ?? [];

    private async Task<List<S3ObjectVersion>> VersionsAsync(string bucket, CancellationToken cancellationToken) =>
        (await s3.ListVersionsAsync(new ListVersionsRequest { BucketName = bucket }, cancellationToken)).Versions ?? [];

    private async Task<List<MultipartUpload>> UploadsAsync(string bucket, CancellationToken cancellationToken) =>
        (await s3.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = bucket }, cancellationToken))
            .MultipartUploads ?? [];
}
