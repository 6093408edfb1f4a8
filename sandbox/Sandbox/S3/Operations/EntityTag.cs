using Sandbox.S3.Signing;
using Sandbox.S3.Storage;

namespace Sandbox.S3.Operations;

internal static class EntityTag
{
    public static string Of(byte[] data) => $"\"{Convert.ToHexStringLower(Md5.Of(data))}\"";

    /// <summary>
    /// Returns the entity tag of a multipart object: a hash of the parts' hashes, followed by the number of parts.
    /// </summary>
    public static string Of(IReadOnlyCollection<UploadPart> parts)
    {
        byte[] hashes = [.. parts.SelectMany(part => Convert.FromHexString(part.ETag.Trim('"')))];
        return $"\"{Convert.ToHexStringLower(Md5.Of(hashes))}-{parts.Count}\"";
    }
}
