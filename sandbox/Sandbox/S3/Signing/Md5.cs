using System.Security.Cryptography;

namespace Sandbox.S3.Signing;

/// <summary>S3's protocol says MD5, for entity tags and Content-MD5; nothing is kept safe by it.</summary>
internal static class Md5
{
    public static byte[] Of(ReadOnlySpan<byte> data)
    {
#pragma warning disable CA5351 // The protocol's choice, not ours.
        return MD5.HashData(data);
#pragma warning restore CA5351
    }
}
