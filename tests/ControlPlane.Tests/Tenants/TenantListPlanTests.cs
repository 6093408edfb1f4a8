using ControlPlane.Persistence;
using ControlPlane.Tenants;
using Testing;

namespace ControlPlane.Tests.Tenants;

/// <summary>Each filter of the list has an index that its statement uses. The database has many rows.</summary>
public sealed class TenantListPlanTests(TenantListPlanTests.FullDatabase database)
    : IClassFixture<TenantListPlanTests.FullDatabase>
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Filters => new()
    {
        { "", "tenants_by_creation" },
        { "key=k777", "tenants_by_key" },
        { "domain=k777.com", "tenant_domains_by_domain" },
        { "email=Admin@k777.com", "tenant_contacts_by_email" },
        { "tier=silo", "tenants_by_creation" },
        { "tier=bridge", "provisioning_attempts_by_tier" },
        { "q=k777", "tenants_by_key tenants_by_words_of_name tenant_domains_by_domain tenant_contacts_by_email" },
        { "status=ACTIVE", "tenants_by_creation" },
        { "status=PROVISION_FAILED", "tenants_by_status" },
        { "status=EXPIRED", "tenants_by_status" },
        { "status=PROVISION_RECORDED", "provisioning_attempts_in_progress" },
    };

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task The_list_uses_the_index_of_its_filter(string query, string indexes)
    {
        foreach (var after in (TenantCursor?[])[null, new TenantCursor(Now.AddHours(-1), Guid.Empty)])
        {
            var (sql, values) = TenantRepository.ListStatement(TenantFilter.Parse(Read(query)), after, 51, Now);

            string plan = string.Join('\n', await database.Postgres.Functions.Command($"EXPLAIN {sql}", values)
                .ReadAllAsync(row => row.GetString(0), CancellationToken));

            Assert.All(indexes.Split(' ', StringSplitOptions.RemoveEmptyEntries), index => Assert.Contains(
                index, plan, StringComparison.Ordinal));
            Assert.True(!plan.Contains("Seq Scan", StringComparison.Ordinal), plan);
        }
    }

    private static TenantFilterFields Read(string query)
    {
        string? Find(string name) => query.StartsWith(name + "=", StringComparison.Ordinal)
            ? query[(name.Length + 1)..]
            : null;
        return new TenantFilterFields(
            Find("status"), Find("key"), Find("domain"), Find("email"), Find("tier"), Find("q"));
    }

    /// <summary>Twenty thousand tenants; few are failed, expired, recorded or of the tier bridge.</summary>
    public sealed class FullDatabase : IAsyncLifetime
    {
        public PostgresFixture Postgres { get; } = new();

        public async ValueTask InitializeAsync()
        {
            await Postgres.InitializeAsync();
            await Postgres.ExecuteAsync(
                """
                CREATE TEMPORARY TABLE n AS
                SELECT i, gen_random_uuid() AS id, timestamptz '2026-01-01 00:00:00Z' - i * interval '1 minute' AS at
                FROM generate_series(1, 20000) AS i;
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
                ANALYZE;
                """);
        }

        public ValueTask DisposeAsync() => Postgres.DisposeAsync();
    }
}
