namespace EmbeddedTemporal.Tests.Support;

internal static class CancellationTokenExtensions
{
    /// <summary>Returns a task that completes without an exception when the token is cancelled.</summary>
    public static Task WhenCancelled(this CancellationToken token)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        token.Register(cancelled.SetResult);
        return cancelled.Task;
    }
}
