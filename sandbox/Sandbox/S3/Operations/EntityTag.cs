using Sandbox.S3.Signing;
using Sandbox.S3.Storage;

namespace Sandbox.S3.Operations;

internal static class EntityTag
{
    public static string Of(byte[] data) => $"\"{Convert.ToHexStringLower(Md5.Of(data))}\"";

    /// <summary>
    /// Of an object made from parts: not a hash of the data, but of the parts' hashes, and how many they are.
    /// </summary>
    public static string Of(IReadOnlyCollection<UploadPart> parts)
    {
        byte[] hashes = [.. parts.SelectMany(part => Convert.FromHexString(part.ETag.Trim('"')))];
        return $"\"{Convert.ToHexStringLower(Md5.Of(hashes))}-{parts.Count}\"";
    }
}
