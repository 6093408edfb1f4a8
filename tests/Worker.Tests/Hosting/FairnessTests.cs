using ControlPlane.Provisioning;
using Microsoft.Extensions.Hosting;
using Sandbox.Control;
using Testing;
using Worker.Tests.Support;

namespace Worker.Tests.Hosting;

public sealed class FairnessTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    [Fact]
    public async Task A_slow_object_store_holds_up_nobody_before_that_step()
    {
        await using var slow = await world.Control.FaultAsync(
            new FaultRule { System = "s3", Kind = FaultKind.Delay, Count = 0 });
        var tenants = await StartAsync(12);

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
        await AreActiveAsync(tenants);
    }

    [Fact]
    public async Task Realms_are_created_one_after_the_other_also_by_two_workers()
    {
        var logs = new CollectedLogs();
        using var second = await StartSecondWorkerAsync(logs);
        await using var slow = await world.Control.FaultAsync(CreatingRealms);
        var tenants = await StartAsync(5);

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
        await AreActiveAsync(tenants);
        await second.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_worker_that_ends_hands_the_realms_over_to_another()
    {
        var logs = new CollectedLogs();
        using var second = await StartSecondWorkerAsync(logs);

        await using var stopped = await world.StopWorkerAsync();

        await LoggedAsync(logs, "This worker serves tenant-provisioning-keycloak-realms");
        await AreActiveAsync(await StartAsync(1));
        await second.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_worker_that_has_lost_its_turn_with_the_database_takes_it_again()
    {
        await AreActiveAsync(await StartAsync(1));

        await world.Postgres.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_locks WHERE {IsTurn}");

        await LoggedAsync(world.Logs, "with it the turn to serve tenant-provisioning-keycloak-realms");
        await AreActiveAsync(await StartAsync(1));
    }

    private const string IsTurn =
        "locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

    private static FaultRule CreatingRealms => new()
    {
        System = "keycloak",
        Method = "POST",
        Path = "/admin/realms",
        Kind = FaultKind.Delay,
        Count = 0,
    };

    private static Task<string> LoggedAsync(CollectedLogs logs, string text) =>
        AssertMore.EventuallyAsync(
            () => Task.FromResult(logs.Text), all => all.Contains(text, StringComparison.Ordinal));

    // Once the first has the turn.
    private async Task<IHost> StartSecondWorkerAsync(CollectedLogs logs)
    {
        await AssertMore.EventuallyAsync(
            () => world.Postgres.ReadAsync<long>($"SELECT count(*) FROM pg_locks WHERE {IsTurn}"), turns => turns == 1);
        var second = await world.StartSecondWorkerAsync(logs);
        await LoggedAsync(logs, "Another worker serves tenant-provisioning-keycloak-realms");
        return second;
    }

    private async Task<List<TestTenant>> StartAsync(int count)
    {
        var tenants = new List<TestTenant>();
        for (int i = 0; i < count; i++)
        {
            var tenant = await world.GivenTenantAsync();
            await world.StartAsync(tenant);
            tenants.Add(tenant);
        }

        return tenants;
    }

    private async Task AreActiveAsync(List<TestTenant> tenants)
    {
        foreach (var tenant in tenants)
        {
            await AssertMore.EventuallyAsync(() => world.StatusAsync(tenant), status => status == "ACTIVE");
        }
    }
}
