using Sandbox.Control;
using Worker.Tests.Support;

namespace Worker.Tests.Sweeps;

public sealed class ReturningLeadTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    [Fact]
    public async Task A_lead_that_comes_back_while_it_is_being_erased_stays_with_its_tenant()
    {
        var tenant = await world.GivenTenantAsync();
        await world.Postgres.ExecuteAsync(
            "UPDATE tenants SET expires_at = $2, updated_at = $2, status = 'EXPIRED' WHERE id = $1",
            tenant.Id, DaysAgo(31));
        await SetTokenAsync(tenant, DaysAgo(31));
        await using var erasing = await world.Control.FaultAsync(new FaultRule
        {
            System = "novu",
            Method = "DELETE",
            Path = $"*lead-{tenant.LeadId:D}",
            Kind = FaultKind.Delay,
        });
        var sweep = await world.StartSweepAsync();
        await erasing.HitAsync();

        await SetTokenAsync(tenant, DaysAgo(-1));
        await erasing.ReleaseAsync();
        var swept = await sweep.GetResultAsync();

        Assert.Equal(0, swept.Erased);
        Assert.Equal(
            1, await world.Postgres.ReadAsync<long>("SELECT count(*) FROM leads WHERE id = $1", tenant.LeadId));
        Assert.Equal("EXPIRED", await world.StatusAsync(tenant));
    }

    private Task<int> SetTokenAsync(TestTenant tenant, DateTimeOffset expiry) => world.Postgres.ExecuteAsync(
        "UPDATE leads SET token_expires_at = $2 WHERE id = $1", tenant.LeadId, expiry);

    private static DateTimeOffset DaysAgo(int days) => TimeProvider.System.GetUtcNow().AddDays(-days);
}
