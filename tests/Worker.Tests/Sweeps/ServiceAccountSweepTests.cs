using Worker.Systems.Keycloak;
using Worker.Tests.Support;

namespace Worker.Tests.Sweeps;

/// <summary>What the account of `setup` sees, with the role create-realm alone, is all that the sweep needs.</summary>
public sealed class ServiceAccountSweepTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_realm_that_it_made_is_found_under_another_name_and_without_attributes()
    {
        var account = new WorkerAccount(
            world.Systems.Keycloak, "master", "arc-saas-worker", ProvisioningWorld.Installation);
        var (secret, _) = await account.EnsureAsync(CancellationToken);
        await world.RestartWorkerAsync(
            ("KEYCLOAK_ADMIN_CLIENT_ID", "arc-saas-worker"), ("KEYCLOAK_ADMIN_CLIENT_SECRET", secret));
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
