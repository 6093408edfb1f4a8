using ControlPlane.Provisioning;
using Sandbox.Control;
using Testing;
using Worker.Tests.Worlds;

namespace Worker.Tests.Hosting;

public sealed class FairnessTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    [Fact]
    public async Task A_slow_object_store_holds_up_nobody_before_that_step()
    {
        await using var slow = await world.Control.FaultAsync(
            new FaultRule { System = "s3", Kind = FaultKind.Delay, Count = 0 });
        var tenants = new List<TestTenant>();
        for (int i = 0; i < 12; i++)
        {
            var tenant = await world.GivenTenantAsync();
            await world.StartAsync(tenant);
            tenants.Add(tenant);
        }

        // More of them wait for the store than its queue serves at once, and the steps before go on all the same.
        await AssertMore.EventuallyAsync(async () =>
        {
            foreach (var tenant in tenants)
            {
                var steps = (await world.ProgressAsync(tenant)).Steps;
                Assert.Equal("DONE", steps.Single(s => s.Step == ProvisioningSteps.ProvisionDatabase).State);
            }
        });

        await slow.ReleaseAsync();
        foreach (var tenant in tenants)
        {
            await AssertMore.EventuallyAsync(() => world.StatusAsync(tenant), status => status == "ACTIVE");
        }
    }

    [Fact]
    public async Task Realms_are_created_one_after_the_other()
    {
        await using var slow = await world.Control.FaultAsync(new FaultRule
        {
            System = "keycloak",
            Method = "POST",
            Path = "/admin/realms",
            Kind = FaultKind.Delay,
            Count = 0,
        });
        var tenants = new List<TestTenant>();
        for (int i = 0; i < 5; i++)
        {
            var tenant = await world.GivenTenantAsync();
            await world.StartAsync(tenant);
            tenants.Add(tenant);
        }

        await slow.HitAsync();
        await AssertMore.EventuallyAsync(async () =>
        {
            foreach (var tenant in tenants)
            {
                var steps = (await world.ProgressAsync(tenant)).Steps;
                Assert.Equal("DONE", steps.Single(s => s.Step == ProvisioningSteps.UpdateStatus).State);
            }
        });
        Assert.Equal(1, await slow.HitsAsync());

        await slow.ReleaseAsync();
        foreach (var tenant in tenants)
        {
            await AssertMore.EventuallyAsync(() => world.StatusAsync(tenant), status => status == "ACTIVE");
        }
    }
}
