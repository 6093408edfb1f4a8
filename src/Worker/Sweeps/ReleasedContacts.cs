using ControlPlane.Persistence;
using Npgsql;

namespace Worker.Sweeps;

/// <summary>
/// Finds and erases the contact data of RELEASED tenants: at once where the tenant's lifetime had passed, otherwise
/// after the retention. The tenant's row and its attempts stay, without data of the company: they are the sweep's
/// evidence.
/// </summary>
public sealed class ReleasedContacts(NpgsqlDataSource database, TimeProvider time)
{
    // A lead whose link was valid a short time ago may be creating a tenant.
    private static readonly TimeSpan MinLeadAge = TimeSpan.FromDays(1);

    /// <summary>Lists a batch of tenants after a tenant's id.</summary>
    public Task<List<ErasableContact>> ListAsync(
        TimeSpan retention, Guid after, int limit, CancellationToken cancellationToken) =>
        database.Command(
            """
            SELECT t.id, t.lead_id, coalesce(c.email, l.email) AS email FROM tenants t
            JOIN leads l ON l.id = t.lead_id
            LEFT JOIN tenant_contacts c ON c.tenant_id = t.id AND c.is_primary
            WHERE t.status = 'RELEASED' AND t.lead_id IS NOT NULL AND t.id > $1
              AND (t.released_by = 'AGE' OR t.updated_at <= $2)
            ORDER BY t.id LIMIT $3
            """,
            after, time.GetUtcNow() - retention, limit).ReadAllAsync(
                row => new ErasableContact(row.Id("lead_id"), row.Id("id"), row.Text("email")), cancellationToken);

    /// <summary>Erases the contact data of a tenant, and its lead unless that is in use.</summary>
    /// <returns>Whether they were erased.</returns>
    public Task<bool> EraseAsync(ErasableContact contact, CancellationToken cancellationToken) =>
        database.InTransactionAsync(async connection =>
        {
            if (await connection.Command(
                "UPDATE tenants SET lead_id = NULL, name = key WHERE id = $1 AND status = 'RELEASED' AND lead_id = $2",
                contact.TenantId, contact.LeadId).ExecuteAsync(cancellationToken) == 0)
            {
                return false;
            }

            foreach (string sql in (string[])
            [
                "DELETE FROM tenant_contacts WHERE tenant_id = $1",
                "DELETE FROM tenant_domains WHERE tenant_id = $1",
                "DELETE FROM system_readings WHERE tenant_id = $1",
            ])
            {
                await connection.Command(sql, contact.TenantId).ExecuteAsync(cancellationToken);
            }

            await connection.Command("SELECT FROM leads WHERE id = $1 FOR UPDATE", contact.LeadId)
                .ExecuteAsync(cancellationToken);
            await connection.Command(
                """
                DELETE FROM leads l WHERE l.id = $1 AND l.token_expires_at <= $2
                    AND NOT EXISTS (SELECT FROM tenants WHERE lead_id = l.id)
                """,
                contact.LeadId, time.GetUtcNow() - MinLeadAge).ExecuteAsync(cancellationToken);
            return true;
        }, cancellationToken);
}
