using ControlPlane.Persistence;
using ControlPlane.Tenants;
using ControlPlane.Tests.Persistence;

namespace ControlPlane.Tests.Tenants;

/// <summary>Each filter of the list has an index that its statement uses. The database has many rows.</summary>
[Collection(nameof(FullDatabase))]
public sealed class TenantListPlanTests(FullDatabase database)
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
        { "status=ACTIVE", "tenants_by_(creation|status)" },
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

            Assert.All(indexes.Split(' ', StringSplitOptions.RemoveEmptyEntries), index => Assert.Matches(index, plan));
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
}
