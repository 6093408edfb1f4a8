using System.Security.Cryptography;
using System.Text;

namespace ControlPlane.Security;

/// <summary>
/// UUIDs of version 5 (RFC 9562 section 5.5): the same name in the same namespace is always the same id.
/// </summary>
public static class NameBasedId
{
    public static Guid Create(Guid space, string name)
    {
        // The standard asks for SHA-1; the id is a name, not a proof.
#pragma warning disable CA5350
        byte[] hash = SHA1.HashData([.. space.ToByteArray(bigEndian: true), .. Encoding.UTF8.GetBytes(name)]);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }
}
