using System.Security.Cryptography;
using System.Text;

namespace ControlPlane.Security;

/// <summary>
/// Seals a password with the worker's public key, so that the database never holds it in plain text and the functions
/// cannot open it again. AES-256-GCM with a fresh key encrypts the password, and RSA-OAEP-256 wraps that key. Layout:
/// version (1 byte), length of the wrapped key (2 bytes, big endian), wrapped key, nonce (12), tag (16), ciphertext.
/// The id of the invitation is authenticated as associated data.
/// </summary>
public static class PasswordSeal
{
    private const byte Version = 1;
    private const int NonceSize = 12;
    private const int TagSize = 16;

    public static byte[] Seal(string password, Guid invitationId, ReadOnlySpan<byte> publicKey)
    {
        using var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(publicKey, out _);
        byte[] key = RandomNumberGenerator.GetBytes(32);
        byte[] plain = Encoding.UTF8.GetBytes(password);
        try
        {
            byte[] wrapped = rsa.Encrypt(key, RSAEncryptionPadding.OaepSHA256);
            byte[] nonce = RandomNumberGenerator.GetBytes(NonceSize);
            byte[] tag = new byte[TagSize];
            byte[] cipher = new byte[plain.Length];
            using var aes = new AesGcm(key, TagSize);
            aes.Encrypt(nonce, plain, cipher, tag, invitationId.ToByteArray(bigEndian: true));
            byte[] head = [Version, (byte)(wrapped.Length >> 8), (byte)wrapped.Length];
            return [.. head, .. wrapped, .. nonce, .. tag, .. cipher];
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <exception cref="CryptographicException">
    /// The password was sealed for another invitation or key, or was altered.
    /// </exception>
    public static string Open(ReadOnlySpan<byte> sealedPassword, Guid invitationId, RSA privateKey)
    {
        if (sealedPassword.Length < 3 || sealedPassword[0] != Version)
        {
            throw new CryptographicException("The sealed password has an unknown layout.");
        }

        int wrappedSize = (sealedPassword[1] << 8) | sealedPassword[2];
        if (sealedPassword.Length < 3 + wrappedSize + NonceSize + TagSize)
        {
            throw new CryptographicException("The sealed password is truncated.");
        }

        var rest = sealedPassword[3..];
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
                invitationId.ToByteArray(bigEndian: true));
            return Encoding.UTF8.GetString(plain);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(plain);
        }
    }
}
