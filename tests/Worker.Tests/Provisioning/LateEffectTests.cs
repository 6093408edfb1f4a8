using ControlPlane.Provisioning;
using Sandbox.Control;
using Temporalio.Client;
using Temporalio.Exceptions;
using Testing;
using Worker.Tests.Worlds;

namespace Worker.Tests.Provisioning;

/// <summary>A request that was sent takes effect when nobody waits for it any more.</summary>
public sealed class LateEffectTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    public static TheoryData<string, string, string> Creations => new()
    {
        { "keycloak", "/admin/realms", "FindIdpResidue" },
        { "s3", "/tenant-*", "FindStorageResidue" },
    };

    [Theory]
    [MemberData(nameof(Creations))]
    public async Task What_lands_after_its_undo_is_swept_before_the_rollback_ends(
        string system, string path, string reading)
    {
        var tenant = await world.GivenTenantAsync();
        var (run, fault) = await CancelledUnderWayAsync(tenant, system, path);
        int readings = 0;
        world.Hooks.Before(reading, tenant, () => readings++ == 0 ? LandAsync(fault, tenant) : Task.CompletedTask);
        await using (fault)
        {
            await AssertCanceledAsync(run);
        }

        Assert.Empty(await world.Systems.OfAsync(tenant));
        Assert.Equal("PROVISION_FAILED", await world.StatusAsync(tenant));
    }

    // A bucket has no mark yet: see BucketEvidenceTests.
    [Fact]
    public async Task A_realm_that_lands_after_the_whole_rollback_is_replaced_by_the_next_attempt()
    {
        var tenant = await world.GivenTenantAsync();
        var (run, fault) = await CancelledUnderWayAsync(tenant, "keycloak", "/admin/realms");
        await AssertCanceledAsync(run);
        Assert.Empty(await world.Systems.OfAsync(tenant));
        await LandAsync(fault, tenant);
        await fault.DisposeAsync();

        Assert.Equal("ACTIVE", (await (await world.StartAsync(tenant)).GetResultAsync()).Outcome);

        Assert.Equal(["realm", "client", "user", "schema", "role", "bucket"], await world.Systems.OfAsync(tenant));
        var realm = await world.Systems.Keycloak.FindRealmAsync(
            tenant.Resources.Realm, TestContext.Current.CancellationToken);
        Assert.Equal(tenant.RealmId(2).ToString(), realm!.Id);
    }

    private async Task<(WorkflowHandle<IProvisionTenantWorkflow, ProvisionTenantResult> Run, SandboxFault Fault)>
        CancelledUnderWayAsync(TestTenant tenant, string system, string path)
    {
        var fault = await world.Control.FaultAsync(new FaultRule
        {
            System = system,
            Method = system == "s3" ? "PUT" : "POST",
            Path = path,
            Kind = FaultKind.LateEffect,
        });
        var run = await world.StartAsync(tenant);
        await fault.HitAsync();
        await run.CancelAsync();
        return (run, fault);
    }

    private async Task LandAsync(SandboxFault fault, TestTenant tenant)
    {
        await fault.ReleaseAsync();
        await AssertMore.EventuallyAsync(() => world.Systems.OfAsync(tenant), found => found.Length > 0);
    }

    private static async Task AssertCanceledAsync(WorkflowHandle run)
    {
        var failed = await Assert.ThrowsAsync<WorkflowFailedException>(() => run.GetResultAsync());
        Assert.IsType<CanceledFailureException>(failed.InnerException);
    }
}
