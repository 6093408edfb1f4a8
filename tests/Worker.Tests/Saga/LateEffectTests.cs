using Sandbox.Control;
using Temporalio.Client;
using Temporalio.Exceptions;
using Worker.Tests.Support;

namespace Worker.Tests.Saga;

/// <summary>A request takes effect after its caller gave up.</summary>
public sealed class LateEffectTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    // Just before its undo, between two undos, or between the undos and the final readings.
    [Theory]
    [InlineData(CreationCall.Realm, "DeleteIdp")]
    [InlineData(CreationCall.Realm, "FindIdpResidue")]
    [InlineData(CreationCall.User, "DeleteAdminUser")]
    [InlineData(CreationCall.User, "DeleteIdp")]
    [InlineData(CreationCall.Schema, "DropDatabase")]
    [InlineData(CreationCall.Bucket, "DeleteStorage")]
    [InlineData(CreationCall.Bucket, "FindStorageResidue")]
    [InlineData(CreationCall.Tags, "DeleteStorage")]
    public async Task An_effect_that_lands_during_the_rollback_is_undone_before_its_end(
        CreationCall call, string activity)
    {
        var (tenant, landed) = await RolledBackWhileItLandsAsync(call, activity);

        Assert.True(landed.Effect);
        await AssertNothingIsLeftAsync(tenant);
    }

    [Theory]
    [InlineData(CreationCall.User, "FindAdminUserResidue")]
    [InlineData(CreationCall.Tags, "FindStorageResidue")]
    public async Task An_effect_that_lands_after_its_parent_was_deleted_changes_nothing(
        CreationCall call, string activity)
    {
        var (tenant, landed) = await RolledBackWhileItLandsAsync(call, activity);

        Assert.Equal((404, false), (landed.Status, landed.Effect));
        await AssertNothingIsLeftAsync(tenant);
    }

    // The transaction holds a lock until its end, so nothing of it can land after its undo.
    [Fact]
    public async Task The_undo_of_a_schema_waits_for_a_running_commit()
    {
        var tenant = await fixture.GivenTenantAsync();
        await using var late = await fixture.HoldEffectAsync(CreationCall.Schema, tenant);
        var run = await fixture.StartAsync(tenant);
        await late.WaitForHitsAsync();
        await run.CancelAsync();
        await fixture.WaitUntilBlockedAsync();
        Assert.Equal("ROLLING_BACK", await fixture.StatusAsync(tenant));

        var landed = await fixture.LandAsync(late);

        await AssertCanceledAsync(run);
        Assert.True(landed.Effect);
        await AssertNothingIsLeftAsync(tenant);
    }

    // A new bucket has no mark yet: see BucketEvidenceTests.
    [Theory]
    [InlineData(CreationCall.Realm, 201, "realm", "client")]
    [InlineData(CreationCall.User, 404)]
    [InlineData(CreationCall.Tags, 404)]
    public async Task An_effect_that_lands_after_the_rollback_is_replaced_by_the_next_attempt(
        CreationCall call, int status, params string[] left)
    {
        var tenant = await fixture.GivenTenantAsync();
        await using var late = await fixture.HoldEffectAsync(call, tenant);
        var run = await fixture.StartAsync(tenant);
        await late.WaitForHitsAsync();
        await run.CancelAsync();
        await AssertCanceledAsync(run);
        await AssertNothingIsLeftAsync(tenant);

        var landed = await fixture.LandAsync(late);

        Assert.Equal(status, landed.Status);
        Assert.Equal(left, await fixture.Systems.ObjectsOfAsync(tenant));
        Assert.Equal("ACTIVE", (await (await fixture.StartAsync(tenant)).GetResultAsync()).Outcome);
        Assert.Equal(SystemProbe.AllObjects, await fixture.Systems.ObjectsOfAsync(tenant));
        var realm = await fixture.Systems.Keycloak.FindRealmAsync(tenant.Resources.Realm, CancellationToken);
        Assert.Equal(tenant.RealmId(2).ToString(), realm!.Id);
        Assert.Equal("2", (await fixture.Systems.BucketTagsAsync(tenant.Resources.Bucket))["arc-saas:attempt"]);
    }

    private async Task<(TestTenant Tenant, JournalEntry Landed)> RolledBackWhileItLandsAsync(
        CreationCall call, string activity)
    {
        var tenant = await fixture.GivenTenantAsync();
        await using var late = await fixture.HoldEffectAsync(call, tenant);
        JournalEntry? landed = null;
        fixture.Hooks.Before(activity, tenant, async () => landed ??= await fixture.LandAsync(late));
        var run = await fixture.StartAsync(tenant);
        await late.WaitForHitsAsync();

        await run.CancelAsync();

        await AssertCanceledAsync(run);
        return (tenant, landed!);
    }

    private async Task AssertNothingIsLeftAsync(TestTenant tenant)
    {
        Assert.Empty(await fixture.Systems.ObjectsOfAsync(tenant));
        Assert.Equal("PROVISION_FAILED", await fixture.StatusAsync(tenant));
        var residue = await fixture.ReadResidueAsync(tenant);
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
