using System.Security.Cryptography;
using System.Text;
using ControlPlane.Security;

namespace ControlPlane.Tests.Security;

internal static class Ring
{
    /// <summary>Creates a key ring with these ids; an id always has the same key.</summary>
    public static KeyRing Of(params string[] ids) => KeyRing.Parse("TOKEN_KEYS", string.Join(',', ids.Select(id =>
        $"{id}:{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(id)))}")));
}
