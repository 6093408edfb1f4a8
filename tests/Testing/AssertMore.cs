using System.Diagnostics;
using Xunit;

namespace Testing;

/// <summary>Assertions that xunit lacks.</summary>
public static class AssertMore
{
    /// <summary>
    /// Repeats an assertion until it holds. The timeout only ends a test that will never pass.
    /// </summary>
    /// <param name="assertion">Throws until the awaited state is reached.</param>
    /// <param name="limit">The timeout; 60 seconds by default.</param>
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

    /// <summary>Reads a value repeatedly until the condition holds for it, and returns it.</summary>
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
