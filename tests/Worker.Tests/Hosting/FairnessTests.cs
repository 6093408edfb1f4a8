using Microsoft.Extensions.Hosting;
using Sandbox.Control;
using Testing;
using Worker.Tests.Support;

namespace Worker.Tests.Hosting;

public sealed class FairnessTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    [Fact]
    public async Task A_slow_object_store_delays_no_tenant_before_its_storage_step()
    {
        await using var slow = await fixture.Control.SetFaultAsync(
            new FaultRule { System = "s3", Kind = FaultKind.Delay, Count = 0 });
        var tenants = await StartAsync(12);

        // More tenants wait for the store than its queue serves at once; their earlier steps must not wait.
        await AssertMore.EventuallyAsync(async () =>
        {
            foreach (var tenant in tenants)
            {
                var steps = (await fixture.ProgressAsync(tenant)).Steps;
                Assert.Equal("DONE", steps.Single(s => s.Step == "provision-database").State);
            }
        });

        await slow.ReleaseAsync();
        await AssertActiveAsync(tenants);
    }

    [Fact]
    public async Task Two_workers_create_realms_one_at_a_time()
    {
        var logs = new CollectedLogs();
        using var second = await StartSecondWorkerAsync(logs);
        await using var slow = await fixture.Control.SetFaultAsync(CreatingRealms);
        var tenants = await StartAsync(5);

        await slow.WaitForHitsAsync();
        await AssertMore.EventuallyAsync(async () =>
        {
            foreach (var tenant in tenants)
            {
                var steps = (await fixture.ProgressAsync(tenant)).Steps;
                Assert.Equal("DONE", steps.Single(s => s.Step == "update-status").State);
            }
        });
        Assert.Equal(1, await slow.GetHitsAsync());

        await slow.ReleaseAsync();
        await AssertActiveAsync(tenants);
        await second.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_second_worker_creates_realms_when_the_first_one_stops()
    {
        var logs = new CollectedLogs();
        using var second = await StartSecondWorkerAsync(logs);

        await using var stopped = await fixture.StopWorkerAsync();

        await LoggedAsync(logs, "This worker serves tenant-provisioning-keycloak-realms");
        await AssertActiveAsync(await StartAsync(1));
        await second.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_worker_whose_database_session_is_killed_takes_its_lease_again()
    {
        await AssertActiveAsync(await StartAsync(1));

        await fixture.Postgres.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_locks WHERE {IsLease}");

        await LoggedAsync(fixture.Logs, "with it the turn to serve tenant-provisioning-keycloak-realms");
        await AssertActiveAsync(await StartAsync(1));
    }

    private const string IsLease =
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

    // The first worker must hold the lease before the second one starts.
    private async Task<IHost> StartSecondWorkerAsync(CollectedLogs logs)
    {
        await AssertMore.EventuallyAsync(
            () => fixture.Postgres.ReadAsync<long>($"SELECT count(*) FROM pg_locks WHERE {IsLease}"),
            leases => leases == 1);
        var second = await fixture.StartSecondWorkerAsync(logs);
        await LoggedAsync(logs, "Another worker serves tenant-provisioning-keycloak-realms");
        return second;
    }

    private async Task<List<TestTenant>> StartAsync(int count)
    {
        var tenants = new List<TestTenant>();
        for (int i = 0; i < count; i++)
        {
            var tenant = await fixture.GivenTenantAsync();
            await fixture.StartAsync(tenant);
            tenants.Add(tenant);
        }

        return tenants;
    }

    private async Task AssertActiveAsync(List<TestTenant> tenants)
    {
        foreach (var tenant in tenants)
        {
            await AssertMore.EventuallyAsync(() => fixture.StatusAsync(tenant), status => status == "ACTIVE");
        }
    }
}
