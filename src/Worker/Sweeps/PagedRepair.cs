namespace Worker.Sweeps;

/// <summary>
/// Repairs the tenants of a list page by page, in the order of their ids. What is done stays done when the rest is
/// interrupted.
/// </summary>
internal static class PagedRepair
{
    public const int PageSize = 100;

    /// <summary>After a change of the tenant its run may still be about to start or end.</summary>
    public static readonly TimeSpan MinAge = TimeSpan.FromMinutes(2);

    /// <param name="readPageAsync">Reads the page after a tenant's id, of at most <see cref="PageSize"/> rows.</param>
    /// <param name="tenantOf">The tenant of a row.</param>
    /// <param name="repairAsync">Repairs one tenant; false when there was nothing to repair.</param>
    /// <param name="errors">Collects the failures of single tenants; the others are still repaired.</param>
    /// <param name="cancellationToken">Ends the work between two tenants.</param>
    /// <returns>The number of repaired tenants.</returns>
    public static async Task<int> RunAsync<T>(
        Func<Guid, Task<List<T>>> readPageAsync, Func<T, Guid> tenantOf, Func<T, Task<bool>> repairAsync,
        ErrorCollector errors, CancellationToken cancellationToken)
    {
        int repaired = 0;
        var last = Guid.Empty;
        List<T> page;
        do
        {
            page = await readPageAsync(last);
            foreach (var row in page)
            {
                last = tenantOf(row);
                await errors.TryAsync(
                    $"tenant {last:D}", async () => repaired += await repairAsync(row) ? 1 : 0, cancellationToken);
            }
        }
        while (page.Count == PageSize);
        return repaired;
    }
}
