using System.Text;

namespace Sandbox.S3.Operations;

/// <summary>What MinIO (module of 2026-02-12) does differently from Amazon; each line was seen by asking it.</summary>
internal static class MinioDifferences
{
    /// <summary>
    /// Settings that it has never heard of: reading one is refused, but a PUT of one is taken for CreateBucket, and a
    /// DELETE of one for DeleteBucket.
    /// </summary>
    private static readonly string[] Unknown = ["publicAccessBlock", "ownershipControls"];

    public static Func<S3Call, Task>? Operation(HttpRequest request, S3Path path)
    {
        if (path.Target != "bucket" || !Unknown.Any(request.Query.ContainsKey))
            return null;
        return request.Method switch
        {
            "PUT" => BucketOperations.CreateAsync,
            "DELETE" => BucketOperations.DeleteAsync,
            _ => throw S3Exception.NotImplemented(request.QueryString.Value!.TrimStart('?')),
        };
    }

    public static void CheckSetting(string kind, byte[] body)
    {
        if (kind == "encryption")
            throw new S3Exception(501, "NotImplemented", "Server side encryption specified but KMS is not configured");
        if (kind == "lifecycle" && !Encoding.UTF8.GetString(body).Contains("Expiration", StringComparison.Ordinal))
            throw S3Exception.InvalidArgument("The XML you provided was not well-formed or did not validate");
    }

    public static int? PutStatus(string kind) => kind == "tagging" ? 200 : null;
}
