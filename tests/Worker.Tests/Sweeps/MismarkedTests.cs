using Microsoft.Extensions.DependencyInjection;
using Worker.Systems.Keycloak;
using Worker.Systems.S3;
using Worker.Tests.Support;

namespace Worker.Tests.Sweeps;

/// <summary>
/// A worker that was frozen can put an old mark on what a later attempt has made. The records say whose it is: it is
/// told, and never deleted.
/// </summary>
public sealed class MismarkedTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_live_attempt_has_recorded_survives_the_mark_of_one_that_was_rolled_back()
    {
        var tenant = await GivenActiveAtSecondAttemptAsync();
        await world.Services.GetRequiredService<TenantBuckets>()
            .TagAsync(tenant.Resources.Bucket, tenant.MarkOf(), CancellationToken);
        string comment = tenant.MarkOf().ToComment();
        await world.Postgres.ExecuteAsync($"COMMENT ON ROLE \"{tenant.Resources.Schema}\" IS '{comment}'");
        string[] before = await world.Systems.OfAsync(tenant);

        await world.SweepAsync();

        Assert.Equal(before, await world.Systems.OfAsync(tenant));
        Assert.Empty(await world.OrphansAsync(tenant.Id));
        AssertTold("storage_bucket", tenant.Resources.Bucket);
        AssertTold("database_schema", tenant.Resources.Schema);
    }

    // Its administrator renamed the live one; the creation of the first attempt landed late, under the name.
    [Fact]
    public async Task A_realm_of_the_first_attempt_under_the_name_of_the_live_one_is_told_and_stays()
    {
        var tenant = await GivenActiveAtSecondAttemptAsync();
        await world.ChangeRealmAsync(
            tenant.Resources.Realm, new RealmRepresentation { Realm = $"renamed-{tenant.Key}" });
        await world.PlantRealmAsync(tenant, tenant.MarkOf());

        await world.SweepAsync();

        Assert.True(await world.Systems.RealmExistsAsync(tenant.Resources.Realm));
        Assert.True(await world.Systems.RealmExistsAsync($"renamed-{tenant.Key}"));
        AssertTold("keycloak_realm", tenant.Resources.Realm);
    }

    [Fact]
    public async Task What_the_later_attempt_has_not_recorded_is_deleted()
    {
        var tenant = await GivenActiveAtSecondAttemptAsync();
        await world.Systems.Keycloak.CreateRealmAsync(
            TenantRealmTemplate.Build(tenant.MarkOf(), tenant.Resources, "Late", [])
                with { Realm = $"other-{tenant.Key}" },
            CancellationToken);

        await world.SweepAsync();

        Assert.False(await world.Systems.RealmExistsAsync($"other-{tenant.Key}"));
        Assert.True(await world.Systems.RealmExistsAsync(tenant.Resources.Realm));
    }

    private async Task<TestTenant> GivenActiveAtSecondAttemptAsync()
    {
        var tenant = await world.GivenTenantAsync();
        await world.GivenAttemptAsync(tenant, 1, "ROLLED_BACK");
        await (await world.StartAsync(tenant)).GetResultAsync();
        Assert.Equal(2, (await world.ProgressAsync(tenant)).Attempt!.Number);
        return tenant;
    }

    private void AssertTold(string type, string name) => Assert.Contains(
        $"Critical SWEEP_MISMARKED {type} {name}: ", world.Logs.Text, StringComparison.Ordinal);
}
