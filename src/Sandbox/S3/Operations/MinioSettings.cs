using System.Text;

namespace Sandbox.S3.Operations;

/// <summary>What MinIO (module of 2026-02-12) answers differently from Amazon; seen by asking it.</summary>
internal static class MinioSettings
{
    public static void BeforeGet(string kind)
    {
        if (kind is "publicAccessBlock" or "ownershipControls")
            throw S3Exception.NotImplemented(kind);
    }

    public static void BeforePut(string kind, byte[] body)
    {
        if (kind is "publicAccessBlock" or "ownershipControls")
            throw S3Exception.MalformedXml();
        if (kind is "lifecycle" && !Encoding.UTF8.GetString(body).Contains("Expiration", StringComparison.Ordinal))
            throw S3Exception.InvalidArgument("Specified argument was not valid");
    }
}
