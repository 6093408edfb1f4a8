using Worker.Systems.Keycloak;
using Worker.Tests.Support;

namespace Worker.Tests.Sweeps;

/// <summary>What the account of `setup` sees, with the role create-realm alone, is all that the sweep needs.</summary>
public sealed class ServiceAccountSweepTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    [Fact]
    public async Task A_realm_that_it_made_is_found_under_another_name_and_without_attributes()
    {
        await using var limited = await world.UseServiceAccountAsync();
        var (left, unknown) = (await world.GivenTenantAsync(), Sweeping.Stranger());
        await world.GivenAttemptAsync(left, 1, "ROLLED_BACK");
        await world.PlantRealmAsync(left, left.MarkOf());
        await world.PlantRealmAsync(unknown, unknown.MarkOf());
        await world.ChangeRealmAsync(left.Resources.Realm, new RealmRepresentation
        {
            Realm = $"hidden-{left.Key}",
            Attributes = new Dictionary<string, string>(),
        });
        await world.ChangeRealmAsync(
            unknown.Resources.Realm, new RealmRepresentation { Realm = $"hidden-{unknown.Key}" });

        await world.SweepAsync();

        Assert.False(await world.Systems.RealmExistsAsync($"hidden-{left.Key}"));
        Assert.Equal($"hidden-{unknown.Key}", Assert.Single(await world.OrphansAsync(unknown.Id)).Name);
    }
}
