using System.Security.Cryptography;

namespace Worker.Commands;

internal static class Passwords
{
    /// <summary>About 140 bits, with a character of every kind that a policy may ask for.</summary>
    public static string New() => RandomNumberGenerator.GetString(
        "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789", 24) + "-7aA";
}
