using System.Security.Cryptography;

namespace EndToEnd.Tests.Support;

public static class Keys
{
    /// <summary>A tenant's key that no other test has.</summary>
    public static string New() => "t" + RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 8);
}
