using ControlPlane.Persistence;
using Npgsql;

namespace Worker.Sweeps;

/// <summary>A lead that did not become a customer, and whose contact data is to be erased.</summary>
/// <param name="TenantId">The lead's expired or released tenant; null when it never had one.</param>
public sealed record ErasableContact(Guid LeadId, Guid? TenantId, string Email)
{
    /// <summary>The lead's id, so that logs never hold the address.</summary>
    public override string ToString() => LeadId.ToString("D");
}

/// <summary>
/// Finds and erases leads after the retention: the last token expired that long ago, and each tenant, if any, is
/// EXPIRED for as long. Such a tenant never had an attempt, so it owns no objects.
/// </summary>
public sealed class ContactRetention(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>The number of leads that one statement looks at. Most of them are customers and stay.</summary>
    private const int PageSize = 1000;

    /// <summary>Lists the next leads after a lead id: at least a minimum, fewer at the end of the leads.</summary>
    public async Task<List<ErasableContact>> ListAsync(
        TimeSpan retention, Guid after, int minimum, CancellationToken cancellationToken)
    {
        var erasable = new List<ErasableContact>();
        List<(ErasableContact Contact, bool IsErasable)> page;
        do
        {
            page = await ReadPageAsync(retention, after, cancellationToken);
            after = page.Count > 0 ? page[^1].Contact.LeadId : after;
            erasable.AddRange(page.Where(row => row.IsErasable).Select(row => row.Contact));
        }
        while (page.Count == PageSize && erasable.Count < minimum);
        return erasable;
    }

    /// <summary>
    /// Erases a lead and its expired tenant with all dependent rows. Does nothing when the lead became active again
    /// after it was listed.
    /// </summary>
    /// <returns>Whether the lead was erased.</returns>
    public Task<bool> EraseAsync(TimeSpan retention, ErasableContact contact, CancellationToken cancellationToken) =>
        database.InTransactionAsync(async connection =>
        {
            var cutoff = time.GetUtcNow() - retention;
            bool isErasable = (await connection.Command(
                "SELECT FROM leads WHERE id = $1 AND token_expires_at <= $2 FOR UPDATE", contact.LeadId, cutoff)
                .ReadAllAsync(_ => true, cancellationToken)).Count == 1;
            if (!isErasable)
            {
                return false;
            }

            await connection.Command(
                """
                DELETE FROM tenants WHERE lead_id = $1 AND status = 'EXPIRED' AND attempt = 0 AND updated_at <= $2
                """,
                contact.LeadId, cutoff).ExecuteAsync(cancellationToken);
            return await connection.Command(
                "DELETE FROM leads WHERE id = $1 AND NOT EXISTS (SELECT FROM tenants WHERE lead_id = $1)",
                contact.LeadId).ExecuteAsync(cancellationToken) == 1;
        }, cancellationToken);

    // A join with all tenants would read both tables whole; the lateral one reads the tenants of one page.
    private Task<List<(ErasableContact Contact, bool IsErasable)>> ReadPageAsync(
        TimeSpan retention, Guid after, CancellationToken cancellationToken) => database.Command(
            """
            SELECT l.id, l.email, t.tenant_id, l.token_expires_at <= $3 AND coalesce(t.is_over, true) AS is_erasable
            FROM (SELECT id, email, token_expires_at FROM leads WHERE id > $1 ORDER BY id LIMIT $2) l
            CROSS JOIN LATERAL (
                SELECT (array_agg(id ORDER BY id))[1] AS tenant_id,
                    bool_and(status = 'EXPIRED' AND attempt = 0 AND updated_at <= $3) AS is_over
                FROM tenants WHERE lead_id = l.id) t
            ORDER BY l.id
            """,
            after, PageSize, time.GetUtcNow() - retention).ReadAllAsync(
                row => (
                    new ErasableContact(
                        row.Id("id"), row["tenant_id"] is Guid tenant ? tenant : null, row.Text("email")),
                    row.Flag("is_erasable")),
                cancellationToken);
}
