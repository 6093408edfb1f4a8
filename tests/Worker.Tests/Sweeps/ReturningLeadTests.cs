using Sandbox.Control;
using Worker.Tests.Support;

namespace Worker.Tests.Sweeps;

public sealed class ReturningLeadTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    [Fact]
    public async Task A_lead_that_returns_during_its_erasure_stays_with_its_tenant()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.Postgres.ExecuteAsync(
            "UPDATE tenants SET expires_at = $2, updated_at = $2, status = 'EXPIRED' WHERE id = $1",
            tenant.Id, DaysAgo(31));
        await SetTokenAsync(tenant, DaysAgo(31));
        await using var erasing = await fixture.Control.SetFaultAsync(new FaultRule
        {
            System = "novu",
            Method = "DELETE",
            Path = $"*lead-{tenant.LeadId:D}",
            Kind = FaultKind.Delay,
        });
        var sweep = await fixture.StartSweepAsync();
        await erasing.WaitForHitsAsync();

        await SetTokenAsync(tenant, DaysAgo(-1));
        await erasing.ReleaseAsync();
        var swept = await sweep.GetResultAsync();

        Assert.Equal(0, swept.Erased);
        Assert.Equal(
            1, await fixture.Postgres.ReadAsync<long>("SELECT count(*) FROM leads WHERE id = $1", tenant.LeadId));
        Assert.Equal("EXPIRED", await fixture.StatusAsync(tenant));
    }

    private Task<int> SetTokenAsync(TestTenant tenant, DateTimeOffset expiry) => fixture.Postgres.ExecuteAsync(
        "UPDATE leads SET token_expires_at = $2 WHERE id = $1", tenant.LeadId, expiry);

    private static DateTimeOffset DaysAgo(int days) => TimeProvider.System.GetUtcNow().AddDays(-days);
}
