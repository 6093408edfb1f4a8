namespace Worker.Sweeps;

/// <summary>Reads the contents of an outside system, some at a time.</summary>
public static class ConcurrentReads
{
    /// <summary>
    /// One read waits for the network almost all of its time. Eight of them shorten a sweep of thousands of objects,
    /// and are few beside the requests of the system's users.
    /// </summary>
    public const int MaxAtOnce = 8;

    /// <returns>The result of each item, in the order of the items.</returns>
    public static async Task<TResult[]> ReadAsync<T, TResult>(
        IReadOnlyList<T> items, Func<T, Task<TResult>> readAsync, CancellationToken cancellationToken)
    {
        var results = new TResult[items.Count];
        await Parallel.ForAsync(
            0,
            items.Count,
            new ParallelOptions { MaxDegreeOfParallelism = MaxAtOnce, CancellationToken = cancellationToken },
            async (index, _) => results[index] = await readAsync(items[index]));
        return results;
    }
}
