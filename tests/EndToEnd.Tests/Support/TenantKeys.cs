using System.Security.Cryptography;

namespace EndToEnd.Tests.Support;

public static class TenantKeys
{
    /// <summary>Returns a random tenant key that no other test uses.</summary>
    public static string New() => "t" + RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 8);
}
