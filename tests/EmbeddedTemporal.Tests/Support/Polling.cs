namespace EmbeddedTemporal.Tests.Support;

internal static class Polling
{
    /// <summary>Repeats a request until the response meets the condition, for at most one minute.</summary>
    public static async Task<T> UntilAsync<T>(Func<Task<T>> request, Func<T, bool> condition)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(TimeSpan.FromMinutes(1));
        while (true)
        {
            var response = await request();
            if (condition(response)) return response;
            if (timeout.IsCancellationRequested) throw new TimeoutException($"the last response was {response}");
        }
    }
}
