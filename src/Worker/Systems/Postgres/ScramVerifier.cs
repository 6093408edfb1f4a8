using System.Security.Cryptography;
using System.Text;

namespace Worker.Systems.Postgres;

/// <summary>
/// Computes what PostgreSQL stores of a password (SCRAM-SHA-256, RFC 5802 and 7677), so that no statement contains the
/// password itself.
/// </summary>
public static class ScramVerifier
{
    /// <summary>PostgreSQL's own number.</summary>
    private const int Iterations = 4096;

    private const int SaltBytes = 16;

    /// <param name="password">Printable ASCII, which SASLprep leaves unchanged.</param>
    public static string Of(string password) => Of(password, RandomNumberGenerator.GetBytes(SaltBytes));

    internal static string Of(string password, byte[] salt)
    {
        byte[] salted = Rfc2898DeriveBytes.Pbkdf2(
            password, salt, Iterations, HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);
        byte[] storedKey = SHA256.HashData(Hmac(salted, "Client Key"));
        return $"SCRAM-SHA-256${Iterations}:{Convert.ToBase64String(salt)}"
            + $"${Convert.ToBase64String(storedKey)}:{Convert.ToBase64String(Hmac(salted, "Server Key"))}";
    }

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(text));
}
