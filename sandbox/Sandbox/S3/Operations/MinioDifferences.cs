using System.Text;

namespace Sandbox.S3.Operations;

/// <summary>Differences of MinIO (module of 2026-02-12) from Amazon; each was observed on a real server.</summary>
internal static class MinioDifferences
{
    /// <summary>
    /// Settings that MinIO does not know. It refuses a GET, but treats a PUT as CreateBucket and a DELETE as
    /// DeleteBucket.
    /// </summary>
    private static readonly string[] UnknownSettings = ["publicAccessBlock", "ownershipControls"];

    public static Func<S3Call, Task>? FindOperation(HttpRequest request, S3Path path)
    {
        if (path.Target != "bucket" || !UnknownSettings.Any(request.Query.ContainsKey))
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
