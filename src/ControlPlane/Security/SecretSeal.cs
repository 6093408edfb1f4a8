using System.Security.Cryptography;
using System.Text;

namespace ControlPlane.Security;

/// <summary>
/// Seals a secret with an RSA public key: AES-256-GCM with a fresh key encrypts it, and RSA-OAEP-256 wraps that key.
/// Layout: version (1 byte), length of the wrapped key (2 bytes, big endian), wrapped key, nonce (12), tag (16),
/// ciphertext. What the secret is for is authenticated as associated data.
/// </summary>
public static class SecretSeal
{
    private const byte Version = 1;
    private const int NonceSize = 12;
    private const int TagSize = 16;

    /// <param name="secret">The text to seal, sealed as UTF-8.</param>
    /// <param name="name">The secret's name: the associated data, as UTF-8.</param>
    /// <param name="publicKey">The RSA key, as SubjectPublicKeyInfo.</param>
    public static byte[] Seal(string secret, string name, ReadOnlySpan<byte> publicKey) =>
        Seal(secret, Encoding.UTF8.GetBytes(name), publicKey);

    /// <exception cref="CryptographicException">
    /// The secret was sealed under another name or key, or was altered.
    /// </exception>
    public static string Open(ReadOnlySpan<byte> sealedSecret, string name, RSA privateKey) =>
        Open(sealedSecret, Encoding.UTF8.GetBytes(name), privateKey);

    internal static byte[] Seal(string secret, byte[] associatedData, ReadOnlySpan<byte> publicKey)
    {
        using var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(publicKey, out _);
        byte[] key = RandomNumberGenerator.GetBytes(32);
        byte[] plain = Encoding.UTF8.GetBytes(secret);
        try
        {
            byte[] wrapped = rsa.Encrypt(key, RSAEncryptionPadding.OaepSHA256);
            byte[] nonce = RandomNumberGenerator.GetBytes(NonceSize);
            byte[] tag = new byte[TagSize];
            byte[] cipher = new byte[plain.Length];
            using var aes = new AesGcm(key, TagSize);
            aes.Encrypt(nonce, plain, cipher, tag, associatedData);
            byte[] head = [Version, (byte)(wrapped.Length >> 8), (byte)wrapped.Length];
            return [.. head, .. wrapped, .. nonce, .. tag, .. cipher];
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    internal static string Open(ReadOnlySpan<byte> sealedSecret, byte[] associatedData, RSA privateKey)
    {
        if (sealedSecret.Length < 3 || sealedSecret[0] != Version)
        {
            throw new CryptographicException("The sealed secret has an unknown layout.");
        }

        int wrappedSize = (sealedSecret[1] << 8) | sealedSecret[2];
        if (sealedSecret.Length < 3 + wrappedSize + NonceSize + TagSize)
        {
            throw new CryptographicException("The sealed secret is truncated.");
        }

        var rest = sealedSecret[3..];
        byte[] key = privateKey.Decrypt(rest[..wrappedSize], RSAEncryptionPadding.OaepSHA256);
        rest = rest[wrappedSize..];
        byte[] plain = new byte[rest.Length - NonceSize - TagSize];
        try
        {
            using var aes = new AesGcm(key, TagSize);
            aes.Decrypt(
                rest[..NonceSize],
                rest[(NonceSize + TagSize)..],
                rest.Slice(NonceSize, TagSize),
                plain,
                associatedData);
            return Encoding.UTF8.GetString(plain);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(plain);
        }
    }
}
