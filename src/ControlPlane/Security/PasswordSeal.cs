using System.Security.Cryptography;

namespace ControlPlane.Security;

/// <summary>
/// Seals a password with the worker's public key, so that the database never holds it in plain text and the functions
/// cannot open it again. The layout is that of <see cref="SecretSeal"/>; the id of the invitation is authenticated.
/// </summary>
public static class PasswordSeal
{
    public static byte[] Seal(string password, Guid invitationId, ReadOnlySpan<byte> publicKey) =>
        SecretSeal.Seal(password, invitationId.ToByteArray(bigEndian: true), publicKey);

    /// <exception cref="CryptographicException">
    /// The password was sealed for another invitation or key, or was altered.
    /// </exception>
    public static string Open(ReadOnlySpan<byte> sealedPassword, Guid invitationId, RSA privateKey) =>
        SecretSeal.Open(sealedPassword, invitationId.ToByteArray(bigEndian: true), privateKey);
}
