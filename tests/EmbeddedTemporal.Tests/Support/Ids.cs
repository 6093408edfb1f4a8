namespace EmbeddedTemporal.Tests.Support;

internal static class Ids
{
    public static string New() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString("N");
}
