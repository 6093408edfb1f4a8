using System.Security.Cryptography;

namespace Worker.Commands;

internal static class Passwords
{
    /// <summary>Generates about 140 random bits, with each kind of character that a policy may require.</summary>
    public static string Generate() => RandomNumberGenerator.GetString(
        "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789", 24) + "-7aA";
}
