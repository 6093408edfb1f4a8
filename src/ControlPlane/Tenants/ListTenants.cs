namespace ControlPlane.Tenants;

/// <param name="Next">For the page after this one; null on the last one.</param>
public sealed record TenantPage(IReadOnlyList<Tenant> Tenants, TenantCursor? Next);

/// <summary>The tenants page by page, the newest first.</summary>
public sealed class ListTenants(TenantRepository tenants, TimeProvider time)
{
    public const int MaxPageSize = 200;
    public const int UsualOnPage = 50;

    /// <exception cref="ControlPlaneException">Status, cursor or limit is none; names it.</exception>
    public async Task<TenantPage> ExecuteAsync(
        string? status, string? cursor, int? limit, CancellationToken cancellationToken)
    {
        int size = limit ?? UsualOnPage;
        if (size is < 1 or > MaxPageSize)
        {
            throw ControlPlaneException.Invalid("limit", $"limit must be a whole number from 1 to {MaxPageSize}.");
        }

        var now = time.GetUtcNow();
        // One more than asked for tells whether there is a next page.
        var found = await tenants.ListAsync(
            ParseStatus(status), cursor is null ? null : TenantCursor.Parse(cursor), size + 1, now, cancellationToken);
        var page = found.Take(size).Select(tenant => tenant.AsOf(now)).ToList();
        return new TenantPage(page, found.Count > size ? new TenantCursor(page[^1].CreatedAt, page[^1].Id) : null);
    }

    private static TenantStatus? ParseStatus(string? text) => text is null
        ? null
        : TenantStatusText.TryParse(text) ?? throw ControlPlaneException.Invalid("status",
            "status is unknown; known are "
            + string.Join(", ", Enum.GetValues<TenantStatus>().Select(status => status.ToText())) + ".");
}
