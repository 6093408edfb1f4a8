namespace EmbeddedTemporal.Storage;

/// <summary>The errors of the stores.</summary>
internal static class StoreErrors
{
    /// <summary>The error of every commit after a change failed and was discarded.</summary>
    public static IOException ChangeDiscarded(Exception cause) => new(
        $"the server failed during a change ({cause.GetType().Name}) and acknowledges no further changes; "
        + "restart it to continue from the last acknowledged state",
        cause);
}
