namespace Sandbox.S3.Operations;

/// <summary>A configuration document of a bucket, which is read, put and deleted as a whole.</summary>
/// <param name="Kind">Name in the query, such as tagging.</param>
/// <param name="MissingCode">Error code for a bucket without this document.</param>
/// <param name="Check">Returns the document to store, or refuses one that violates the schema.</param>
/// <param name="PutStatus">Status of S3's answer to a PUT, which differs between the kinds.</param>
internal sealed record BucketSetting(
    string Kind, string MissingCode, string MissingMessage, Func<byte[], string> Check, int PutStatus = 200)
{
    public static readonly IReadOnlyList<BucketSetting> All =
    [
        new("tagging", "NoSuchTagSet", "The TagSet does not exist", SettingDocuments.Tagging, 204),
        new(
            "publicAccessBlock",
            "NoSuchPublicAccessBlockConfiguration",
            "The public access block configuration was not found",
            SettingDocuments.PublicAccessBlock),
        new(
            "ownershipControls",
            "OwnershipControlsNotFoundError",
            "The bucket ownership controls were not found",
            SettingDocuments.OwnershipControls),
        new(
            "encryption",
            "ServerSideEncryptionConfigurationNotFoundError",
            "The server side encryption configuration was not found",
            SettingDocuments.Encryption),
        new(
            "lifecycle",
            "NoSuchLifecycleConfiguration",
            "The lifecycle configuration does not exist",
            SettingDocuments.Lifecycle),
        new("policy", "NoSuchBucketPolicy", "The bucket policy does not exist", SettingDocuments.Policy, 204),
    ];

    public Task GetAsync(S3Call call)
    {
        var bucket = call.Bucket();
        var document = call.Store.Buckets.Setting(bucket.Name, Kind);
        // Since January 2023, Amazon encrypts every new bucket, and returns to this default if the setting is deleted.
        if (Kind == "encryption" && !call.IsMinio)
            document ??= SettingDocuments.DefaultEncryption;
        if (document is null)
            throw new S3Exception(404, MissingCode, MissingMessage);
        call.Response.ContentType = Kind == "policy" ? "application/json" : "application/xml";
        return call.Response.WriteAsync(document);
    }

    public async Task PutAsync(S3Call call)
    {
        var payload = await call.PayloadAsync();
        if (call.IsMinio)
            MinioDifferences.CheckSetting(Kind, payload.Bytes);
        else if (payload.Checksums.Count == 0 && call.Request.Headers.ContentMD5.Count == 0)
            throw S3Exception.InvalidRequest(
                "Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
        call.Bucket();
        var document = Check(payload.Bytes);
        call.InBucket(bucket => call.Store.Buckets.PutSetting(bucket.Name, Kind, document));
        call.SetStatus(call.IsMinio ? MinioDifferences.PutStatus(Kind) ?? PutStatus : PutStatus);
    }

    public Task DeleteAsync(S3Call call)
    {
        call.InBucket(bucket => call.Store.Buckets.DeleteSetting(bucket.Name, Kind));
        call.SetStatus(StatusCodes.Status204NoContent);
        return Task.CompletedTask;
    }
}
