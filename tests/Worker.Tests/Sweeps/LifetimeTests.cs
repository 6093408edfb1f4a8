using Microsoft.Extensions.DependencyInjection;
using Worker.Sweeps;
using Worker.Tests.Support;

namespace Worker.Tests.Sweeps;

/// <summary>
/// Every table of the control database has a decision: a sweep ends the life of its old rows, or they stay for a
/// reason.
/// </summary>
public sealed class LifetimeTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    /// <summary>The tables whose rows a sweep ends, with the tests of it.</summary>
    private static readonly Dictionary<string, string> Swept = new()
    {
        ["idempotent_answers"] = "RetentionTests",
        ["invitations"] = "RetentionTests",
        ["leads"] = "RetentionTests, ReleasedTenantTests",
        ["orphans"] = "OrphanTests: the rows of objects that were not seen again",
        ["sealed_passwords"] = "RetentionTests",
        ["sweep_deletions"] = "LifetimeTests",
        ["system_findings"] = "LifetimeTests, with their reading",
        ["system_readings"] = "LifetimeTests",
        ["tenant_contacts"] = "RetentionTests, ReleasedTenantTests",
        ["tenant_domains"] = "RetentionTests, ReleasedTenantTests",
        ["tenants"] = "RetentionTests",
    };

    /// <summary>The tables whose rows stay, with the reason.</summary>
    private static readonly Dictionary<string, string> Kept = new()
    {
        ["audit_events"] = "the record of acts, never deleted",
        ["audit_seals"] = "the chain of these rows",
        ["audit_unsealed"] = "a queue that the worker empties",
        ["provisioning_attempts"] = "the evidence of the sweep",
        ["provisioning_steps"] = "the history of an attempt",
        ["residue"] = "of a rollback that an operator must complete, which deletes it",
        ["resources"] = "a public contract; the tenant's end deletes the rows",
        ["tenant_connections"] = "of live tenants; an undo deletes its part",
        ["tenant_passwords"] = "of live tenants, without a secret: random bytes that are nothing without a key",
        ["schema_migrations"] = "one row for each migration",
        ["sealing_keys"] = "one row for each key, without a secret",
    };

    [Fact]
    public async Task Every_table_is_swept_or_kept_for_a_reason()
    {
        var tables = (await fixture.Postgres.ReadAsync<string>(
            "SELECT string_agg(tablename, ' ') FROM pg_tables WHERE schemaname = 'public'")).Split(' ');

        Assert.Equal(Swept.Keys.Concat(Kept.Keys).Order(), tables.Order());
    }

    [Fact]
    public async Task Readings_with_their_findings_are_deleted_a_day_after_they_were_made()
    {
        var (old, young) = (await GivenReadingAsync("25 hours"), await GivenReadingAsync("23 hours"));

        await fixture.SweepAsync();

        Assert.Equal((0, 0), (await CountAsync("system_readings", old), await CountAsync("system_findings", old)));
        Assert.Equal((1, 1), (await CountAsync("system_readings", young), await CountAsync("system_findings", young)));
    }

    [Fact]
    public async Task More_readings_than_a_batch_are_deleted_by_one_sweep()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.Postgres.ExecuteAsync(
            """
            INSERT INTO system_readings (tenant_id, system, state, read_at)
            SELECT $1, 'system-' || i, 'READ', now() - interval '25 hours' FROM generate_series(1, 250) AS i
            """,
            tenant.Id);

        await fixture.SweepAsync();

        Assert.Equal(0, await CountAsync("system_readings", tenant));
    }

    // Also of a type whose system is switched off since.
    [Fact]
    public async Task Records_of_deletions_are_deleted_a_day_after_they_began()
    {
        await fixture.Postgres.ExecuteAsync(
            """
            INSERT INTO sweep_deletions (id, type, name, begun_at) VALUES
                (gen_random_uuid(), 'of_no_system', 'old', now() - interval '25 hours'),
                (gen_random_uuid(), 'of_no_system', 'young', now() - interval '23 hours')
            """);

        await fixture.SweepAsync();

        Assert.Equal("young", await fixture.Postgres.ReadAsync<string>(
            "SELECT string_agg(name, ' ') FROM sweep_deletions WHERE type = 'of_no_system'"));
    }

    [Fact]
    public void Each_kind_of_rows_has_a_name_of_its_own()
    {
        var names = fixture.Services.GetRequiredService<ExpiredRows>()
            .Lifetimes(fixture.Services.GetRequiredService<SweepOptions>()).Select(lifetime => lifetime.Name).ToList();

        Assert.Equal(names.Distinct(), names);
    }

    private async Task<TestTenant> GivenReadingAsync(string age)
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.Postgres.ExecuteAsync(
            """
            INSERT INTO system_readings (tenant_id, system, state, read_at)
            VALUES ($1, 's3', 'READ', now() - $2::interval)
            """,
            tenant.Id, age);
        await fixture.Postgres.ExecuteAsync(
            """
            INSERT INTO system_findings (tenant_id, system, type, name, detail)
            VALUES ($1, 's3', 'storage_bucket', 'a-name', '')
            """,
            tenant.Id);
        return tenant;
    }

    private async Task<int> CountAsync(string table, TestTenant tenant) =>
        (int)await fixture.Postgres.ReadAsync<long>($"SELECT count(*) FROM {table} WHERE tenant_id = $1", tenant.Id);
}
