namespace FunctionsHost.Tests.Fakes;

/// <summary>Waits for events. The limit only ends a test that will never pass.</summary>
internal static class Waits
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public static Task<T> LimitedAsync<T>(this Task<T> task) =>
        task.WaitAsync(Limit, TestContext.Current.CancellationToken);
}
