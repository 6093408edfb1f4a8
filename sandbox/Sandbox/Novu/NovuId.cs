namespace Sandbox.Novu;

internal static class NovuId
{
    /// <summary>Organization and environment of the only API key.</summary>
    public const string Organization = "5f0000000000000000000001";

    /// <inheritdoc cref="Organization"/>
    public const string Environment = "5f0000000000000000000002";

    /// <summary>Returns a new id of 24 hexadecimal digits, the format of Novu's database.</summary>
    public static string New(DateTimeOffset now) => Guid.CreateVersion7(now).ToString("N")[8..];
}
