using System.Diagnostics;
using Xunit;

namespace Testing;

/// <summary>Assertions that xunit lacks.</summary>
public static class AssertMore
{
    /// <summary>
    /// Asserts again and again until it holds. The limit is no measurement: it only ends a test that will never pass.
    /// </summary>
    /// <param name="assertion">Throws while the awaited state is not there.</param>
    /// <param name="limit">60 seconds unless told otherwise.</param>
    public static async Task EventuallyAsync(Func<Task> assertion, TimeSpan? limit = null)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await assertion();
                return;
            }
            catch (Exception e) when (e is not OperationCanceledException
                && watch.Elapsed < (limit ?? TimeSpan.FromSeconds(60)))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(25), TimeProvider.System,
                    TestContext.Current.CancellationToken);
            }
        }
    }

    /// <summary>Reads a value again and again until the condition holds for it, and gives it.</summary>
    public static async Task<T> EventuallyAsync<T>(Func<Task<T>> read, Func<T, bool> condition, TimeSpan? limit = null)
    {
        T? value = default;
        await EventuallyAsync(async () =>
        {
            value = await read();
            Assert.True(condition(value), $"The awaited state was not reached; last seen: {value}");
        }, limit);
        return value!;
    }
}
