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
    /// <summary>Lists a batch of leads after a lead id.</summary>
    public Task<List<ErasableContact>> ListAsync(
        TimeSpan retention, Guid after, int limit, CancellationToken cancellationToken) =>
        database.Command(
            """
            SELECT l.id, l.email, (SELECT id FROM tenants WHERE lead_id = l.id ORDER BY id LIMIT 1) AS tenant_id
            FROM leads l
            WHERE l.id > $2 AND l.token_expires_at <= $1
              AND NOT EXISTS (
                SELECT FROM tenants t WHERE t.lead_id = l.id
                  AND NOT (t.status = 'EXPIRED' AND t.attempt = 0 AND t.updated_at <= $1))
            ORDER BY l.id LIMIT $3
            """,
            time.GetUtcNow() - retention, after, limit).ReadAllAsync(
                row => new ErasableContact(
                    row.Id("id"), row["tenant_id"] is Guid tenant ? tenant : null, row.Text("email")),
                cancellationToken);

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
}
