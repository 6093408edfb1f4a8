using System.Security.Cryptography;

namespace Sandbox.S3.Signing;

/// <summary>MD5 for entity tags and Content-MD5, as S3's protocol requires; not used for security.</summary>
internal static class Md5
{
    public static byte[] Of(ReadOnlySpan<byte> data)
    {
#pragma warning disable CA5351 // Required by the protocol.
        return MD5.HashData(data);
#pragma warning restore CA5351
    }
}
