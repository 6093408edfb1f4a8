using System.Security.Cryptography;
using System.Text;

namespace ControlPlane.Security;

/// <summary>
/// Creates UUIDs of version 5 (RFC 9562 section 5.5): equal names in the same namespace give equal ids.
/// </summary>
public static class NameBasedId
{
    public static Guid Create(Guid namespaceId, string name)
    {
        // The standard requires SHA-1. The id identifies and does not authenticate.
#pragma warning disable CA5350
        byte[] hash = SHA1.HashData([.. namespaceId.ToByteArray(bigEndian: true), .. Encoding.UTF8.GetBytes(name)]);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }
}
