using Npgsql;
using Testing;

namespace ControlPlane.Tests.Persistence;

/// <summary>
/// A hundred thousand tenants with their rows; few are failed, expired, recorded or of the tier bridge.
/// </summary>
public sealed class FullDatabase : IAsyncLifetime
{
    public PostgresFixture Postgres { get; } = new();

    /// <summary>The id of a tenant and of its lead.</summary>
    public string SomeId { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        await Postgres.InitializeAsync();
        await using var server = NpgsqlDataSource.Create(Postgres.SuperuserConnectionString);
        // The rows refer to each other as they should: their checks would take most of the time.
        await ExecuteAsync(server,
            """
            SET session_replication_role = replica;
            SET synchronous_commit = off;
            CREATE TEMPORARY TABLE n AS
            SELECT i, md5(i::text)::uuid AS id, timestamptz '2026-01-01 00:00:00Z' - i * interval '1 minute' AS at
            FROM generate_series(1, 100000) AS i ORDER BY 2;
            INSERT INTO leads (id, email, first_name, last_name, company_name, token_expires_at, created_at)
            SELECT id, 'admin@k' || i || '.com', 'John', 'Doe', 'Company ' || i, at, at FROM n;
            INSERT INTO tenants (id, lead_id, key, name, status, attempt, created_at, updated_at, expires_at)
            SELECT id, id, 'k' || i, 'Company ' || i,
                CASE WHEN i % 1000 = 0 THEN 'PROVISION_FAILED' WHEN i % 1000 = 1 THEN 'EXPIRED' ELSE 'ACTIVE' END,
                1, at, at, at FROM n;
            INSERT INTO tenant_domains (tenant_id, domain, position, state)
            SELECT id, 'k' || i || '.com', 0, 'PROVEN' FROM n;
            INSERT INTO tenant_contacts (tenant_id, email, first_name, last_name, is_primary, type)
            SELECT id, 'admin@k' || i || '.com', 'John', 'Doe', true, 'admin' FROM n;
            INSERT INTO provisioning_attempts
                (tenant_id, attempt, state, subscription, subscription_hash, tier, recorded_at)
            SELECT id, 1, CASE WHEN i % 1000 = 0 THEN 'RECORDED' ELSE 'SUCCEEDED' END, '{}', '',
                CASE WHEN i % 1000 = 0 THEN 'bridge' WHEN i % 2 = 0 THEN 'silo' ELSE 'pooled' END, at FROM n;
            INSERT INTO provisioning_steps (tenant_id, attempt, position, step, state)
            SELECT id, 1, s.position, s.step, CASE WHEN i % 1000 = 0 THEN 'PENDING' ELSE 'DONE' END
            FROM n, (VALUES (1, 'create-idp'), (2, 'send-notification')) AS s (position, step);
            INSERT INTO resources (tenant_id, type, name, state, attempt, created_at, updated_at)
            SELECT id, 'keycloak_realm', 'tenant-k' || i, 'CREATED', 1, at, at FROM n;
            INSERT INTO tenant_connections (tenant_id, part, attempt, document, updated_at)
            SELECT id, p.part, 1, '{}', at FROM n, (VALUES ('database'), ('identity'), ('storage')) AS p (part);
            INSERT INTO tenant_passwords (tenant_id, attempt, generation, key_id, salt, created_at)
            SELECT id, 1, 1, 's1', '', at FROM n;
            INSERT INTO residue (tenant_id, attempt, type, name, reason, found_at)
            SELECT id, 1, 'keycloak_realm', 'tenant-k' || i, '', at FROM n;
            INSERT INTO invitations (id, tenant_id, expires_at, accepted_at, created_at)
            SELECT id, id, at, CASE WHEN i % 100 > 0 THEN at END, at FROM n;
            INSERT INTO system_readings (tenant_id, system, state, read_at) SELECT id, 's3', 'READ', at FROM n;
            INSERT INTO system_findings (tenant_id, system, type, name, detail)
            SELECT id, 's3', 'storage_bucket', 'k' || i, '' FROM n;
            INSERT INTO audit_events (tenant_id, attempt, event, actor, outcome, at)
            SELECT id, 1, 'TENANT_STATE', 'WORKER', 'ACTIVE', at FROM n;
            INSERT INTO audit_seals (position, event_id, hash) SELECT id, id, '' FROM audit_events;
            INSERT INTO idempotent_answers (key_hash, body_hash, claim, claimed_until, expires_at)
            SELECT uuid_send(id), '', id, at, at + interval '1 year' * (i % 2) FROM n;
            """);
        await ExecuteAsync(server, "VACUUM ANALYZE");
        SomeId = (await Postgres.ReadAsync<Guid>("SELECT md5('777')::uuid")).ToString("D");
    }

    public ValueTask DisposeAsync() => Postgres.DisposeAsync();

    private static async Task ExecuteAsync(NpgsqlDataSource server, string sql)
    {
        await using var command = server.CreateCommand(sql);
        command.CommandTimeout = 300;
        await command.ExecuteNonQueryAsync();
    }
}

[CollectionDefinition(nameof(FullDatabase))]
public sealed class FullDatabaseCollection : ICollectionFixture<FullDatabase>;
