using Microsoft.Extensions.DependencyInjection;
using Worker.Systems.Keycloak;
using Worker.Systems.S3;
using Worker.Tests.Support;

namespace Worker.Tests.Sweeps;

/// <summary>
/// A worker that was frozen can put an old mark on an object of a later attempt. The records name the owner: the object
/// is reported and never deleted.
/// </summary>
public sealed class MismarkedTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Recorded_objects_of_a_live_attempt_survive_the_mark_of_a_rolled_back_one()
    {
        var tenant = await GivenActiveAtSecondAttemptAsync();
        await fixture.Services.GetRequiredService<TenantBuckets>()
            .TagAsync(tenant.Resources.Bucket, tenant.MarkOf(), CancellationToken);
        string comment = tenant.MarkOf().ToComment();
        await fixture.Postgres.ExecuteAsync($"COMMENT ON ROLE \"{tenant.Resources.Schema}\" IS '{comment}'");
        string[] before = await fixture.Systems.ObjectsOfAsync(tenant);

        await fixture.SweepAsync();

        Assert.Equal(before, await fixture.Systems.ObjectsOfAsync(tenant));
        Assert.Empty(await fixture.OrphansAsync(tenant.Id));
        AssertReported("storage_bucket", tenant.Resources.Bucket);
        AssertReported("database_schema", tenant.Resources.Schema);
    }

    // The administrator renamed the live realm; then the first attempt's creation landed late, under the old name.
    [Fact]
    public async Task A_first_attempts_realm_under_the_live_ones_name_is_only_reported()
    {
        var tenant = await GivenActiveAtSecondAttemptAsync();
        await fixture.ChangeRealmAsync(
            tenant.Resources.Realm, new RealmRepresentation { Realm = $"renamed-{tenant.Key}" });
        await fixture.CreateRealmAsync(tenant, tenant.MarkOf());

        await fixture.SweepAsync();

        Assert.True(await fixture.Systems.RealmExistsAsync(tenant.Resources.Realm));
        Assert.True(await fixture.Systems.RealmExistsAsync($"renamed-{tenant.Key}"));
        AssertReported("keycloak_realm", tenant.Resources.Realm);
    }

    [Fact]
    public async Task An_object_that_the_later_attempt_has_not_recorded_is_deleted()
    {
        var tenant = await GivenActiveAtSecondAttemptAsync();
        var realm = fixture.BuildRealm(tenant, tenant.MarkOf());
        await fixture.Systems.Keycloak.CreateRealmAsync(
            realm with { Realm = $"other-{tenant.Key}" }, CancellationToken);

        await fixture.SweepAsync();

        Assert.False(await fixture.Systems.RealmExistsAsync($"other-{tenant.Key}"));
        Assert.True(await fixture.Systems.RealmExistsAsync(tenant.Resources.Realm));
    }

    private async Task<TestTenant> GivenActiveAtSecondAttemptAsync()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.GivenAttemptAsync(tenant, 1, "ROLLED_BACK");
        await (await fixture.StartAsync(tenant)).GetResultAsync();
        Assert.Equal(2, (await fixture.ProgressAsync(tenant)).Attempt!.Number);
        return tenant;
    }

    private void AssertReported(string type, string name) => Assert.Contains(
        $"Critical SWEEP_MISMARKED {type} {name}: ", fixture.Logs.Text, StringComparison.Ordinal);
}
