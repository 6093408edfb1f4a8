using ControlPlane.Persistence;
using Npgsql;

namespace ControlPlane.Tenants;

/// <summary>Stores tenants (<c>tenants</c>, <c>tenant_domains</c> and <c>tenant_contacts</c>).</summary>
public sealed class TenantRepository(NpgsqlDataSource database)
{
    internal const string Select =
        """
        SELECT t.*,
               (SELECT coalesce(array_agg(domain ORDER BY position), '{}') FROM tenant_domains
                WHERE tenant_id = t.id) AS domains,
               (SELECT coalesce(array_agg(state ORDER BY position), '{}') FROM tenant_domains
                WHERE tenant_id = t.id) AS states,
               c.email, c.first_name, c.last_name, c.type, coalesce(a.state = 'RECORDED', false) AS is_recorded,
               a.tier, a.subscription #>> '{plan,id}' AS plan_id, a.subscription #>> '{plan,name}' AS plan_name
        FROM tenants t LEFT JOIN tenant_contacts c ON c.tenant_id = t.id AND c.is_primary
        LEFT JOIN provisioning_attempts a ON a.tenant_id = t.id AND a.attempt = t.attempt
        """;

    private const string AndLive = "AND t.status NOT IN ('EXPIRED', 'RELEASED')";

    /// <summary>
    /// Adds a tenant. The same transaction first expires overdue tenants with the same key, proven domain or lead.
    /// </summary>
    /// <exception cref="ControlPlaneException">
    /// <c>lead_has_tenant</c>, <c>key_taken</c> or <c>domain_taken</c>: unique indexes decide, so concurrent calls are
    /// safe.
    /// </exception>
    public async Task AddAsync(Tenant tenant, DateTimeOffset now, CancellationToken cancellationToken)
    {
        string provenDomain = tenant.Domains.Single(domain => domain.State == DomainState.Proven).Name.Value;
        try
        {
            await database.InTransactionAsync(async connection =>
            {
                await ExpireHoldersAsync(connection, tenant, provenDomain, now, cancellationToken);
                await InsertAsync(connection, tenant, cancellationToken);
                return true;
            }, cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            // The holder is read after the refusal: it explains the refusal and does not decide it.
            throw e.ConstraintName switch
            {
                "tenants_lead_id_key" => TenantConflict.Create(ErrorCode.LeadHasTenant, tenant, await FindHolderAsync(
                    $"{Select} WHERE t.lead_id = $1 {AndLive}", tenant.LeadId, cancellationToken)),
                "tenants_live_key" => TenantConflict.Create(ErrorCode.KeyTaken, tenant, await FindHolderAsync(
                    $"{Select} WHERE t.key = $1 {AndLive}", tenant.Key.Value, cancellationToken)),
                "tenant_domains_live" => TenantConflict.Create(ErrorCode.DomainTaken, tenant, await FindHolderAsync(
                    $"{Select} WHERE t.id IN (SELECT tenant_id FROM tenant_domains WHERE domain = $1 "
                    + $"AND state = 'PROVEN') {AndLive}",
                    provenDomain, cancellationToken)),
                _ => e,
            };
        }
    }

    public Task<Tenant?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        database.Command($"{Select} WHERE t.id = $1", id).ReadFirstAsync(Read, cancellationToken);

    public static Task<Tenant?> FindAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken) =>
        connection.Command($"{Select} WHERE t.id = $1", id).ReadFirstAsync(Read, cancellationToken);

    /// <summary>Returns the tenant and locks its row until the connection's transaction ends.</summary>
    public static Task<Tenant?> FindAndLockAsync(
        NpgsqlConnection connection, Guid id, CancellationToken cancellationToken) =>
        connection.Command($"{Select} WHERE t.id = $1 FOR UPDATE OF t", id).ReadFirstAsync(Read, cancellationToken);

    /// <summary>Returns the id of the lead's tenant that is not over; null where there is none.</summary>
    public async Task<Guid?> FindIdByLeadAsync(Guid leadId, CancellationToken cancellationToken) =>
        await database.Command(
            """
            SELECT id FROM tenants WHERE lead_id = $1 AND status NOT IN ('EXPIRED', 'RELEASED')
            """,
            leadId)
            .ReadAllAsync(row => row.GetGuid(0), cancellationToken) is [var id] ? id : null;

    /// <summary>
    /// Lists tenants, newest first, after an optional cursor. The status counts as callers see it
    /// (<see cref="Tenant.AsOf"/>).
    /// </summary>
    public Task<List<Tenant>> ListAsync(
        TenantFilter filter, TenantCursor? after, int limit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (sql, values) = ListStatement(filter, after, limit, now);
        return database.Command(sql, values).ReadAllAsync(Read, cancellationToken);
    }

    /// <summary>Returns the statement of <see cref="ListAsync"/>.</summary>
    internal static (string Sql, object?[] Values) ListStatement(
        TenantFilter filter, TenantCursor? after, int limit, DateTimeOffset now)
    {
        var clauses = new TenantConditions(filter, after, now);
        string count = clauses.Value(limit);
        // The page is chosen first, so that only its own rows are joined with contacts and domains.
        return (
            $"""
            {Select}
            WHERE t.id IN (
                SELECT t.id {clauses} ORDER BY t.created_at DESC, t.id DESC LIMIT {count})
            ORDER BY t.created_at DESC, t.id DESC
            """,
            clauses.Values);
    }

    /// <summary>Saves status, attempt and domain states, in the transaction that locked the tenant.</summary>
    public static async Task SaveAsync(NpgsqlConnection connection, Tenant tenant, CancellationToken cancellationToken)
    {
        await connection.Command(
            "UPDATE tenants SET status = $2, attempt = $3, updated_at = $4 WHERE id = $1",
            tenant.Id, tenant.Status.ToText(), tenant.Attempt, tenant.UpdatedAt).ExecuteAsync(cancellationToken);
        if (tenant.Status is TenantStatus.Expired or TenantStatus.Released)
        {
            await connection.Command("UPDATE tenant_domains SET state = 'RELEASED' WHERE tenant_id = $1", tenant.Id)
                .ExecuteAsync(cancellationToken);
        }
    }

    /// <summary>Expires overdue tenants, at most <paramref name="limit"/>.</summary>
    /// <returns>The number of expired tenants.</returns>
    public Task<int> ExpireOverdueAsync(int limit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.InTransactionAsync(async connection =>
        {
            var overdue = await connection.Command(
                $"""
                {Select}
                WHERE t.status = 'PENDING_PROVISION' AND t.attempt = 0 AND t.expires_at <= $1
                ORDER BY t.id LIMIT $2 FOR UPDATE OF t SKIP LOCKED
                """,
                now, limit).ReadAllAsync(Read, cancellationToken);
            await ExpireAsync(connection, overdue, now, cancellationToken);
            return overdue.Count;
        }, cancellationToken);

    // Rows are locked in the order of their ids, so that two sign-ups that expire the same two tenants cannot deadlock.
    private static async Task ExpireHoldersAsync(
        NpgsqlConnection connection, Tenant tenant, string domain, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var holders = await connection.Command(
            $"""
            {Select}
            WHERE t.status = 'PENDING_PROVISION' AND t.attempt = 0 AND t.expires_at <= $3
              AND (t.key = $1 OR t.lead_id = $4 OR EXISTS (SELECT FROM tenant_domains d
                                         WHERE d.tenant_id = t.id AND d.domain = $2 AND d.state = 'PROVEN'))
            ORDER BY t.id FOR UPDATE OF t
            """,
            tenant.Key.Value, domain, now, tenant.LeadId).ReadAllAsync(Read, cancellationToken);
        await ExpireAsync(connection, holders, now, cancellationToken);
    }

    private static async Task ExpireAsync(
        NpgsqlConnection connection, List<Tenant> overdue, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var tenant in overdue)
        {
            tenant.Expire(now);
            await SaveAsync(connection, tenant, cancellationToken);
        }
    }

    private static async Task InsertAsync(
        NpgsqlConnection connection, Tenant tenant, CancellationToken cancellationToken)
    {
        await connection.Command(
            """
            INSERT INTO tenants (id, lead_id, key, name, status, created_at, updated_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            tenant.Id, tenant.LeadId, tenant.Key.Value, tenant.Name, tenant.Status.ToText(), tenant.CreatedAt,
            tenant.UpdatedAt, tenant.ExpiresAt).ExecuteAsync(cancellationToken);
        await connection.Command(
            """
            INSERT INTO tenant_domains (tenant_id, domain, position, state)
            SELECT $1, d.domain, d.position - 1, d.state
            FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS d (domain, state, position)
            """,
            tenant.Id,
            tenant.Domains.Select(domain => domain.Name.Value).ToArray(),
            tenant.Domains.Select(domain => domain.State.ToText()).ToArray()).ExecuteAsync(cancellationToken);
        foreach (var contact in tenant.Contacts)
        {
            await connection.Command(
                """
                INSERT INTO tenant_contacts (tenant_id, email, first_name, last_name, is_primary, type)
                VALUES ($1, $2, $3, $4, $5, $6)
                """,
                tenant.Id, contact.Email, contact.FirstName, contact.LastName, contact.IsPrimary, contact.Type)
                .ExecuteAsync(cancellationToken);
        }
    }

    private Task<Tenant?> FindHolderAsync(string sql, object? value, CancellationToken cancellationToken) =>
        database.Command(sql, value).ReadFirstAsync(Read, cancellationToken);

    private static Tenant Read(NpgsqlDataReader row) => Tenant.Restore(
        new Tenant
        {
            Id = row.Id("id"),
            LeadId = row["lead_id"] as Guid?,
            Key = TenantKey.FromStorage(row.Text("key")),
            Name = row.Text("name"),
            Domains = row.Texts("domains").Zip(row.Texts("states"), (domain, state) =>
                new TenantDomain(DomainName.FromStorage(domain), DomainStateText.Parse(state))).ToList(),
            Contacts = row.FindText("email") is { } email
                ? [new TenantContact(
                    email, row.Text("first_name"), row.Text("last_name"), IsPrimary: true, row.Text("type"))]
                : [],
            CreatedAt = row.Time("created_at"),
            ExpiresAt = row.Time("expires_at"),
            Plan = row.FindText("plan_id") is { } plan
                ? new TenantPlan(TenantTierText.FromStorage(row.Text("tier")), plan, row.Text("plan_name"))
                : null,
        },
        TenantStatusText.Parse(row.Text("status")),
        row.Number("attempt"),
        row.Flag("is_recorded"),
        row.Time("updated_at"));
}
