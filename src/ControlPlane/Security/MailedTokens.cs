using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ControlPlane.Security;

/// <summary>
/// Creates and checks tokens in mails. A token is derived (HMAC-SHA256 over kind, id and generation) and not stored: a
/// mail that is sent again carries the same token, and a new generation invalidates the old one. The row of the lead or
/// invitation holds expiry and use. Format: <c>keyId.base64url(id).base64url(mac)</c>.
/// </summary>
public sealed class MailedTokens(KeyRing keys)
{
    /// <summary>No token is longer.</summary>
    public const int MaxLength = 200;

    public string Create(MailedTokenKind kind, Guid id, int generation) =>
        $"{keys.CurrentId}.{Base64Url.EncodeToString(id.ToByteArray(bigEndian: true))}."
        + Base64Url.EncodeToString(Mac(keys.Current, kind, id, generation));

    /// <summary>
    /// Reads the id from an unverified token, to look up its row. Returns null if the token is malformed.
    /// </summary>
    public static Guid? ReadId(string token) => Split(token)?.Id;

    /// <summary>Returns whether the token was created for this kind, id and generation, in constant time.</summary>
    public bool IsGenuine(string token, MailedTokenKind kind, Guid id, int generation) =>
        Split(token) is { } parts
        && parts.Id == id
        && keys.Find(parts.KeyId) is { } key
        && CryptographicOperations.FixedTimeEquals(Mac(key, kind, id, generation), parts.Mac);

    private static byte[] Mac(ReadOnlySpan<byte> key, MailedTokenKind kind, Guid id, int generation) =>
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{kind}:{id:D}:{generation}")));

    private static (string KeyId, Guid Id, byte[] Mac)? Split(string token)
    {
        string[] parts = token.Length <= MaxLength ? token.Split('.') : [];
        if (parts.Length != 3 || !Base64Url.IsValid(parts[1]) || !Base64Url.IsValid(parts[2]))
        {
            return null;
        }

        byte[] id = Base64Url.DecodeFromChars(parts[1]);
        return id.Length == 16 ? (parts[0], new Guid(id, bigEndian: true), Base64Url.DecodeFromChars(parts[2])) : null;
    }
}

/// <summary>The purpose of a mailed token; a token of one kind is invalid for the other.</summary>
public enum MailedTokenKind
{
    LeadValidation = 1,
    Invitation = 2,
}
