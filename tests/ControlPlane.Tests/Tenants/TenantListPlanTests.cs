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
            string plan = await PlanAsync(query, after);

            Assert.All(indexes.Split(' ', StringSplitOptions.RemoveEmptyEntries), index => Assert.Matches(index, plan));
            Assert.True(!plan.Contains("Seq Scan", StringComparison.Ordinal), plan);
        }
    }

    [Fact]
    public async Task A_search_reads_no_whole_table_whichever_values_the_statistics_hold()
    {
        foreach (int number in Enumerable.Range(0, 60).Select(i => 111 + (i * 14)))
        {
            Assert.DoesNotContain(
                "Seq Scan", await PlanAsync($"q=k{number}", after: null), StringComparison.Ordinal);
        }
    }

    private async Task<string> PlanAsync(string query, TenantCursor? after)
    {
        var (sql, values) = TenantRepository.ListStatement(TenantFilter.Parse(Read(query)), after, 51, Now);
        return string.Join('\n', await database.Postgres.Functions.Command($"EXPLAIN {sql}", values)
            .ReadAllAsync(row => row.GetString(0), CancellationToken));
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
