using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ControlPlane.Security;
using ControlPlane.Settings;

namespace Worker.Systems.Secrets;

/// <summary>
/// Derives the password of a tenant's database login: HMAC-SHA256 with a key of <c>TENANT_SECRET_KEYS</c> over tenant,
/// attempt, generation and the random salt of its row. Neither the key nor the row is enough alone.
/// </summary>
public static class DerivedPassword
{
    /// <returns>43 characters of base64url.</returns>
    /// <exception cref="SettingException">The key that the row names is no longer in the list.</exception>
    public static string Of(KeyRing keys, PasswordSalt salt, Guid tenantId, int attempt, int generation)
    {
        byte[] key = keys.Find(salt.KeyId) ?? throw new SettingException(
            "TENANT_SECRET_KEYS", $"no key '{salt.KeyId}'", "every key from which a current password is derived");
        string purpose = string.Create(
            CultureInfo.InvariantCulture, $"database:{tenantId:D}:{attempt}:{generation}:");
        byte[] source = [.. Encoding.ASCII.GetBytes(purpose), .. salt.Salt];
        return Base64Url.EncodeToString(HMACSHA256.HashData(key, source));
    }
}
