namespace ControlPlane.Tenants;

/// <param name="Next">The cursor of the next page; null on the last page.</param>
public sealed record TenantPage(IReadOnlyList<Tenant> Tenants, TenantCursor? Next);

/// <summary>Lists the tenants in pages, newest first.</summary>
public sealed class ListTenants(TenantRepository tenants, TimeProvider time)
{
    public const int MaxPageSize = 200;
    public const int DefaultPageSize = 50;

    /// <exception cref="ControlPlaneException">A filter, the cursor or the limit is invalid; names it.</exception>
    public async Task<TenantPage> ExecuteAsync(
        TenantFilterFields fields, string? cursor, int? limit, CancellationToken cancellationToken)
    {
        int size = limit ?? DefaultPageSize;
        if (size is < 1 or > MaxPageSize)
        {
            throw ControlPlaneException.Invalid("limit", $"limit must be a whole number from 1 to {MaxPageSize}.");
        }

        var filter = TenantFilter.Parse(fields);
        var now = time.GetUtcNow();
        // One more than requested, to detect whether there is a next page.
        var found = await tenants.ListAsync(
            filter, cursor is null ? null : TenantCursor.Parse(cursor), size + 1, now, cancellationToken);
        var page = found.Take(size).Select(tenant => tenant.AsOf(now)).ToList();
        return new TenantPage(page, found.Count > size ? new TenantCursor(page[^1].CreatedAt, page[^1].Id) : null);
    }
}
