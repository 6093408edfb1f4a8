using ControlPlane.Leads;
using ControlPlane.Tenants;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Testing;

namespace ControlPlane.Tests.Tenants;

public sealed class TenantRepositoryTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private LeadRepository Leads => new(postgres.Functions);

    private TenantRepository Tenants => new(postgres.Functions);

    [Fact]
    public async Task Of_leads_that_race_for_one_key_one_gets_it()
    {
        var leads = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => CreateLeadAsync($"race{i}.com")));

        var outcomes = await Task.WhenAll(leads.Select(lead => TryCreateAsync(lead, "racing")));

        Assert.Single(outcomes, outcome => outcome is null);
        Assert.Equal(7, outcomes.Count(outcome => outcome == ErrorCode.KeyTaken));
        Assert.Equal(1L, await postgres.ReadAsync<long>("SELECT count(*) FROM tenants WHERE key = 'racing'"));
        Assert.Equal(1L, await postgres.ReadAsync<long>(
            "SELECT count(*) FROM tenant_domains WHERE domain LIKE 'race%'"));
    }

    [Fact]
    public async Task Of_leads_that_race_for_one_domain_one_gets_it()
    {
        var leads = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => CreateLeadAsync("shared.com")));

        var outcomes = await Task.WhenAll(leads.Select((lead, i) => TryCreateAsync(lead, $"shared{i}")));

        Assert.Single(outcomes, outcome => outcome is null);
        Assert.Equal(7, outcomes.Count(outcome => outcome == ErrorCode.DomainTaken));
        Assert.Equal(1L, await postgres.ReadAsync<long>("SELECT count(*) FROM tenants WHERE key LIKE 'shared%'"));
    }

    [Fact]
    public async Task A_lead_with_many_concurrent_calls_gets_one_tenant()
    {
        var lead = await CreateLeadAsync("eager.com");

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => TryCreateAsync(lead, $"eager{i}")));

        Assert.Single(outcomes, outcome => outcome is null);
        Assert.Equal(7, outcomes.Count(outcome => outcome == ErrorCode.LeadHasTenant));
    }

    [Fact]
    public async Task An_unproven_domain_conflicts_with_no_tenant()
    {
        Assert.Null(await TryCreateAsync(await CreateLeadAsync("first.com"), "unproven1", "first.com", "second.com"));

        Assert.Null(await TryCreateAsync(await CreateLeadAsync("second.com"), "unproven2", "second.com", "first.com"));
    }

    [Fact]
    public async Task After_14_days_key_and_domain_are_free_again()
    {
        Assert.Null(await TryCreateAsync(await CreateLeadAsync("late.com"), "late"));
        time.Advance(Tenant.PendingLifetime);

        Assert.Null(await TryCreateAsync(await CreateLeadAsync("late.com"), "late"));

        Assert.Equal(1L, await postgres.ReadAsync<long>(
            "SELECT count(*) FROM tenants WHERE key = 'late' AND status = 'EXPIRED'"));
        Assert.Equal(1L, await postgres.ReadAsync<long>(
            "SELECT count(*) FROM tenant_domains WHERE domain = 'late.com' AND state = 'RELEASED'"));
    }

    [Fact]
    public async Task Sign_ups_that_expire_the_same_tenants_do_not_deadlock()
    {
        Assert.Null(await TryCreateAsync(await CreateLeadAsync("cross1.com"), "cross1"));
        Assert.Null(await TryCreateAsync(await CreateLeadAsync("cross2.com"), "cross2"));
        time.Advance(Tenant.PendingLifetime);

        var outcomes = await Task.WhenAll(
            TryCreateAsync(await CreateLeadAsync("cross2.com"), "cross1"),
            TryCreateAsync(await CreateLeadAsync("cross1.com"), "cross2"));

        Assert.Equal([null, null], outcomes);
    }

    [Fact]
    public async Task Pages_show_every_tenant_once_while_others_are_added()
    {
        for (int i = 0; i < 5; i++)
        {
            Assert.Null(await TryCreateAsync(await CreateLeadAsync($"page{i}.com"), $"page{i}"));
            time.Advance(TimeSpan.FromSeconds(1));
        }

        var list = new ListTenants(Tenants, time);
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await list.ExecuteAsync(new TenantFilterFields(), cursor, 2, CancellationToken);
            seen.AddRange(page.Tenants.Select(tenant => tenant.Key.Value));
            cursor = page.Next?.ToText();
            await TryCreateAsync(await CreateLeadAsync($"added{seen.Count}.com"), $"added{seen.Count}");
        }
        while (cursor is not null);

        Assert.Equal(["page4", "page3", "page2", "page1", "page0"],
            seen.Where(key => key.StartsWith("page", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_list_by_status_counts_overdue_tenants_as_expired()
    {
        Assert.Null(await TryCreateAsync(await CreateLeadAsync("overdue.com"), "overdue"));
        time.Advance(Tenant.PendingLifetime);
        var list = new ListTenants(Tenants, time);

        var expired = await list.ExecuteAsync(new TenantFilterFields("EXPIRED"), null, null, CancellationToken);
        var pending = await list.ExecuteAsync(
            new TenantFilterFields("PENDING_PROVISION"), null, null, CancellationToken);

        Assert.Contains(expired.Tenants, tenant => tenant.Key.Value == "overdue");
        Assert.All(expired.Tenants, tenant => Assert.Equal(TenantStatus.Expired, tenant.Status));
        Assert.DoesNotContain(pending.Tenants, tenant => tenant.Key.Value == "overdue");
    }

    private async Task<Lead> CreateLeadAsync(string domain)
    {
        var lead = Lead.Register(
            EmailAddress.Parse($"admin@{domain}"), "John", "Doe", "New Company Inc", null, time.GetUtcNow());
        await Leads.AddAsync(lead, CancellationToken);
        return lead;
    }

    private async Task<ErrorCode?> TryCreateAsync(Lead lead, string key, params string[] domains)
    {
        try
        {
            await new CreateTenant(Leads, Tenants, new TenantKeyOptions(TenantKey.MaxLength), time,
                NullLogger<CreateTenant>.Instance).ExecuteAsync(
                lead.Id,
                new CreateTenantCommand(key, domains.Length == 0 ? [lead.Email.Domain.Value] : domains, null),
                CancellationToken);
            return null;
        }
        catch (ControlPlaneException e)
        {
            return e.Code;
        }
    }
}
