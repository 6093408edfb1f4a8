namespace Worker.Sweeps;

/// <summary>
/// Processes the items of a list page by page, in the order of their ids, and goes on where an earlier try has stopped.
/// </summary>
internal static class PagedRepair
{
    public const int PageSize = 100;

    /// <summary>After a change of the tenant its run may still be about to start or end.</summary>
    public static readonly TimeSpan MinAge = TimeSpan.FromMinutes(2);

    /// <param name="progress">Counts the repaired items under the name of the list; collects single failures.</param>
    /// <param name="list">The name of the list.</param>
    /// <param name="readPageAsync">
    /// Reads the page after an id; one of fewer than <see cref="PageSize"/> rows is the last.
    /// </param>
    /// <param name="idOf">The id of a row, by which the list is ordered.</param>
    /// <param name="nameOf">The name of a row in failures.</param>
    /// <param name="repairAsync">Repairs one item; false when there was nothing to repair.</param>
    /// <param name="cancellationToken">Ends the work between two items.</param>
    public static async Task RunAsync<T>(
        SweepProgress progress,
        string list,
        Func<Guid, Task<List<T>>> readPageAsync,
        Func<T, Guid> idOf,
        Func<T, string> nameOf,
        Func<T, Task<bool>> repairAsync,
        CancellationToken cancellationToken)
    {
        if (progress.Begin(list) is not { } after)
        {
            return;
        }

        var last = after.Length == 0 ? Guid.Empty : Guid.Parse(after);
        List<T> page;
        do
        {
            page = await readPageAsync(last);
            foreach (var row in page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                last = idOf(row);
                await progress.Errors.TryAsync(
                    nameOf(row), async () => progress.Add(list, await repairAsync(row) ? 1 : 0), cancellationToken);
                progress.Passed(last.ToString("D"));
            }
        }
        while (page.Count >= PageSize);
        progress.End();
    }
}
