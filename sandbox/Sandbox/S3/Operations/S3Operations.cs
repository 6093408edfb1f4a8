using Sandbox.S3.Signing;

namespace Sandbox.S3.Operations;

/// <summary>
/// The supported operations of S3. Any other request is refused as NotImplemented.
/// </summary>
internal static class S3Operations
{
    private static readonly Dictionary<string, Func<S3Call, Task>> Table = new()
    {
        ["GET service"] = BucketOperations.ListAsync,
        ["PUT bucket"] = BucketOperations.CreateAsync,
        ["HEAD bucket"] = BucketOperations.HeadAsync,
        ["DELETE bucket"] = BucketOperations.DeleteAsync,
        ["GET bucket ?location"] = BucketOperations.LocationAsync,
        ["GET bucket ?versioning"] = VersioningOperations.GetAsync,
        ["PUT bucket ?versioning"] = VersioningOperations.PutAsync,
        ["GET bucket ?versions"] = ListVersions.AnswerAsync,
        ["GET bucket"] = ListObjectsV1.AnswerAsync,
        ["GET bucket ?list-type"] = ListObjects.AnswerAsync,
        ["POST bucket ?delete"] = DeleteObjects.AnswerAsync,
        ["GET bucket ?uploads"] = ListUploads.AnswerAsync,
        ["PUT object"] = ObjectOperations.PutAsync,
        ["GET object"] = ObjectOperations.GetAsync,
        ["HEAD object"] = ObjectOperations.GetAsync,
        ["DELETE object"] = ObjectOperations.DeleteAsync,
        ["GET object ?tagging"] = ObjectTags.GetAsync,
        ["PUT object ?tagging"] = ObjectTags.PutAsync,
        ["DELETE object ?tagging"] = ObjectTags.DeleteAsync,
        ["POST object ?uploads"] = UploadOperations.StartAsync,
        ["PUT object ?uploadId"] = UploadOperations.PutPartAsync,
        ["GET object ?uploadId"] = UploadOperations.ListPartsAsync,
        ["POST object ?uploadId"] = UploadOperations.CompleteAsync,
        ["DELETE object ?uploadId"] = UploadOperations.AbortAsync,
    };

    // Query parameters that refine an operation; any other parameter selects one.
    private static readonly HashSet<string> Parameters =
    [
        "continuation-token", "delimiter", "encoding-type", "fetch-owner", "key-marker", "marker", "max-buckets",
        "max-keys", "max-parts", "max-uploads", "part-number-marker", "partNumber", "prefix", "start-after",
        "upload-id-marker", "versionId", "version-id-marker", "x-id", "X-Amz-Algorithm", "X-Amz-Credential",
        "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", PresignedQuery.Signature,
    ];

    static S3Operations()
    {
        foreach (var setting in BucketSetting.All)
        {
            Table[$"GET bucket ?{setting.Kind}"] = setting.GetAsync;
            Table[$"PUT bucket ?{setting.Kind}"] = setting.PutAsync;
            Table[$"DELETE bucket ?{setting.Kind}"] = setting.DeleteAsync;
        }
    }

    public static Func<S3Call, Task> Find(HttpRequest request, S3Path path, S3Options options)
    {
        if (options.Flavour == S3Flavour.Minio && MinioDifferences.FindOperation(request, path) is { } operation)
            return operation;
        var selectors = request.Query.Keys.Where(name => !Parameters.Contains(name)).ToList();
        var name = $"{request.Method} {path.Target}"
            + (selectors.Count == 0 ? "" : $" ?{string.Join('&', selectors)}");
        RequestHeaders.RefuseUnknown(request);
        return Table.GetValueOrDefault(name) ?? throw S3Exception.NotImplemented(name);
    }
}
