namespace EmbeddedTemporal.Storage;

/// <summary>What everybody hears after work that failed halfway.</summary>
internal static class Abandoned
{
    public static IOException After(Exception failed) => new(
        $"the server failed halfway through a change ({failed.GetType().Name}) and acknowledges nothing more; "
        + "start it again, and it goes on from what it acknowledged",
        failed);
}
