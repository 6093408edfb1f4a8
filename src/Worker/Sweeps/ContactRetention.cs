using ControlPlane.Persistence;
using Npgsql;

namespace Worker.Sweeps;

/// <summary>Contact data of somebody who did not become a customer.</summary>
/// <param name="TenantId">Of a tenant that expired; null where there never was one.</param>
public sealed record ErasableContact(Guid LeadId, Guid? TenantId, string Email)
{
    /// <summary>Never the address.</summary>
    public override string ToString() => LeadId.ToString("D");
}

/// <summary>
/// Leads whose last token has been dead for the retention and that have no tenant, or one that expired as long ago:
/// such a tenant never had an attempt, so nothing in any system is explained by it.
/// </summary>
public sealed class ContactRetention(NpgsqlDataSource database, TimeProvider time)
{
    public Task<List<ErasableContact>> ListAsync(
        TimeSpan retention, Guid after, int limit, CancellationToken cancellationToken) =>
        database.Command(
            """
            SELECT l.id, l.email, t.id AS tenant_id FROM leads l LEFT JOIN tenants t ON t.lead_id = l.id
            WHERE l.id > $2 AND l.token_expires_at <= $1
              AND (t.id IS NULL OR t.status = 'EXPIRED' AND t.attempt = 0 AND t.updated_at <= $1)
            ORDER BY l.id LIMIT $3
            """,
            time.GetUtcNow() - retention, after, limit).ReadAllAsync(
                row => new ErasableContact(
                    row.Id("id"), row["tenant_id"] is Guid tenant ? tenant : null, row.Text("email")),
                cancellationToken);

    /// <summary>
    /// The lead and its expired tenant with all that hangs on it; nothing of one that came back since it was listed.
    /// </summary>
    /// <returns>Whether it was erased.</returns>
    public Task<bool> EraseAsync(TimeSpan retention, ErasableContact contact, CancellationToken cancellationToken) =>
        database.InTransactionAsync(async connection =>
        {
            var dead = time.GetUtcNow() - retention;
            bool isDead = (await connection.Command(
                "SELECT FROM leads WHERE id = $1 AND token_expires_at <= $2 FOR UPDATE", contact.LeadId, dead)
                .ReadAllAsync(_ => true, cancellationToken)).Count == 1;
            if (!isDead)
            {
                return false;
            }

            await connection.Command(
                """
                DELETE FROM tenants WHERE lead_id = $1 AND status = 'EXPIRED' AND attempt = 0 AND updated_at <= $2
                """,
                contact.LeadId, dead).ExecuteAsync(cancellationToken);
            return await connection.Command(
                "DELETE FROM leads WHERE id = $1 AND NOT EXISTS (SELECT FROM tenants WHERE lead_id = $1)",
                contact.LeadId).ExecuteAsync(cancellationToken) == 1;
        }, cancellationToken);
}
