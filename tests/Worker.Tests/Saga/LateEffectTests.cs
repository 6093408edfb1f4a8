using ControlPlane.Readings;
using Microsoft.Extensions.DependencyInjection;
using Sandbox.Control;
using Temporalio.Client;
using Temporalio.Exceptions;
using Worker.Tests.Support;

namespace Worker.Tests.Saga;

/// <summary>A request that was sent takes effect when nobody waits for it any more.</summary>
public sealed class LateEffectTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    // Just before its undo, between two undos, or after them and before the systems are read again.
    [Theory]
    [InlineData(LateCall.Realm, "DeleteIdp")]
    [InlineData(LateCall.Realm, "FindIdpResidue")]
    [InlineData(LateCall.User, "DeleteAdminUser")]
    [InlineData(LateCall.User, "DeleteIdp")]
    [InlineData(LateCall.Schema, "DropDatabase")]
    [InlineData(LateCall.Bucket, "DeleteStorage")]
    [InlineData(LateCall.Bucket, "FindStorageResidue")]
    [InlineData(LateCall.Tags, "DeleteStorage")]
    public async Task What_lands_during_the_rollback_is_taken_back_before_it_ends(LateCall call, string activity)
    {
        var (tenant, landed) = await RolledBackWhileItLandsAsync(call, activity);

        Assert.True(landed.Effect);
        await AssertNothingIsLeftAsync(tenant);
    }

    [Theory]
    [InlineData(LateCall.User, "FindAdminUserResidue")]
    [InlineData(LateCall.Tags, "FindStorageResidue")]
    public async Task What_lands_where_its_place_is_gone_already_changes_nothing(LateCall call, string activity)
    {
        var (tenant, landed) = await RolledBackWhileItLandsAsync(call, activity);

        Assert.Equal((404, false), (landed.Status, landed.Effect));
        await AssertNothingIsLeftAsync(tenant);
    }

    // Its transaction holds a lock until it has ended, so nothing of it can land after its undo.
    [Fact]
    public async Task The_undo_of_a_schema_waits_for_the_commit_that_is_under_way()
    {
        var tenant = await world.GivenTenantAsync();
        await using var late = await world.HoldEffectAsync(LateCall.Schema, tenant);
        var run = await world.StartAsync(tenant);
        await late.HitAsync();
        await run.CancelAsync();
        await world.SomebodyWaitsAsync();
        Assert.Equal("ROLLING_BACK", await world.StatusAsync(tenant));

        var landed = await world.LandAsync(late);

        await AssertCanceledAsync(run);
        Assert.True(landed.Effect);
        await AssertNothingIsLeftAsync(tenant);
    }

    // A bucket has no mark yet: see BucketEvidenceTests.
    [Theory]
    [InlineData(LateCall.Realm, 201, "realm", "client")]
    [InlineData(LateCall.User, 404)]
    [InlineData(LateCall.Tags, 404)]
    public async Task What_lands_after_the_whole_rollback_is_replaced_by_the_next_attempt(
        LateCall call, int status, params string[] left)
    {
        var tenant = await world.GivenTenantAsync();
        await using var late = await world.HoldEffectAsync(call, tenant);
        var run = await world.StartAsync(tenant);
        await late.HitAsync();
        await run.CancelAsync();
        await AssertCanceledAsync(run);
        await AssertNothingIsLeftAsync(tenant);

        var landed = await world.LandAsync(late);

        Assert.Equal(status, landed.Status);
        Assert.Equal(left, await world.Systems.OfAsync(tenant));
        Assert.Equal("ACTIVE", (await (await world.StartAsync(tenant)).GetResultAsync()).Outcome);
        Assert.Equal(["realm", "client", "user", "schema", "role", "bucket"], await world.Systems.OfAsync(tenant));
        var realm = await world.Systems.Keycloak.FindRealmAsync(tenant.Resources.Realm, CancellationToken);
        Assert.Equal(tenant.RealmId(2).ToString(), realm!.Id);
        Assert.Equal("2", (await world.Systems.BucketTagsAsync(tenant.Resources.Bucket))["arc-saas:attempt"]);
    }

    private async Task<(TestTenant Tenant, JournalEntry Landed)> RolledBackWhileItLandsAsync(
        LateCall call, string activity)
    {
        var tenant = await world.GivenTenantAsync();
        await using var late = await world.HoldEffectAsync(call, tenant);
        JournalEntry? landed = null;
        world.Hooks.Before(activity, tenant, async () => landed ??= await world.LandAsync(late));
        var run = await world.StartAsync(tenant);
        await late.HitAsync();

        await run.CancelAsync();

        await AssertCanceledAsync(run);
        return (tenant, landed!);
    }

    private async Task AssertNothingIsLeftAsync(TestTenant tenant)
    {
        Assert.Empty(await world.Systems.OfAsync(tenant));
        Assert.Equal("PROVISION_FAILED", await world.StatusAsync(tenant));
        var residue = await world.Services.GetRequiredService<GetResidue>().ExecuteAsync(tenant.Id, CancellationToken);
        Assert.True(residue.IsClean);
        Assert.Empty(residue.Systems.SelectMany(system => system.Found));
        Assert.Empty(residue.Left);
        Assert.NotNull(residue.Attempt!.ResidueReadAt);
    }

    private static async Task AssertCanceledAsync(WorkflowHandle run)
    {
        var failed = await Assert.ThrowsAsync<WorkflowFailedException>(() => run.GetResultAsync());
        Assert.IsType<CanceledFailureException>(failed.InnerException);
    }
}
