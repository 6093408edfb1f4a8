using System.Security.Cryptography;

namespace Sandbox.Keycloak.Model;

/// <summary>A stored password: PBKDF2 with SHA-512 and a random salt.</summary>
public sealed record Password(string Id, long CreatedAt, string Salt, string Hash)
{
    public const int Iterations = 10_000;
    public const string Algorithm = "pbkdf2-sha512";

    public static Password Create(string value, string id, DateTimeOffset now)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        return new Password(id, now.ToUnixTimeMilliseconds(), Convert.ToBase64String(salt), Derive(value, salt));
    }

    public bool Matches(string value) => CryptographicOperations.FixedTimeEquals(
        Convert.FromBase64String(Derive(value, Convert.FromBase64String(Salt))), Convert.FromBase64String(Hash));

    private static string Derive(string value, byte[] salt) => Convert.ToBase64String(
        Rfc2898DeriveBytes.Pbkdf2(value, salt, Iterations, HashAlgorithmName.SHA512, 64));
}
