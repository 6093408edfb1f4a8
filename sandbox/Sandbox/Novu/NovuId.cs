namespace Sandbox.Novu;

internal static class NovuId
{
    /// <summary>The organisation and the environment that the one API key belongs to.</summary>
    public const string Organization = "5f0000000000000000000001";

    /// <inheritdoc cref="Organization"/>
    public const string Environment = "5f0000000000000000000002";

    /// <summary>24 hexadecimal digits, as Novu's database makes them.</summary>
    public static string New(DateTimeOffset now) => Guid.CreateVersion7(now).ToString("N")[8..];
}
