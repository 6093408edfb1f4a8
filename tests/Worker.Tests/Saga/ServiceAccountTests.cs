using Testing;
using Worker.Systems.Keycloak;
using Worker.Tests.Support;

namespace Worker.Tests.Saga;

/// <summary>The worker's own account, as `setup` makes it: it may create realms and nothing else.</summary>
public sealed class ServiceAccountTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    private readonly string name = $"worker-{SandboxFixture.UniqueKey()}";

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    // An ordinary token grows by each realm until, beyond about 117, every call is 431 (keycloak#25498).
    [Fact]
    public async Task One_service_account_creates_150_realms_and_can_still_provision_and_delete()
    {
        await using var limited = await world.UseServiceAccountAsync(name);
        var realms = Enumerable.Range(0, 150).Select(number => $"tenant-{name}-{number}").ToList();
        foreach (string realm in realms)
        {
            Assert.True(await world.Systems.Keycloak.CreateRealmAsync(
                new RealmRepresentation { Realm = realm, Enabled = true }, CancellationToken));
        }

        var tenant = await world.GivenTenantAsync();
        Assert.Equal("ACTIVE", (await (await world.StartAsync(tenant)).GetResultAsync()).Outcome);

        var other = await world.GivenTenantAsync();
        world.Refuse("CreateResources", other);
        await world.FailAsync(other);
        Assert.Equal("PROVISION_FAILED", await world.StatusAsync(other));
        Assert.Empty(await world.Systems.OfAsync(other));

        // A real Keycloak is shared with the tests that follow.
        foreach (string realm in realms)
        {
            await world.Systems.Keycloak.DeleteRealmAsync(realm, CancellationToken);
        }

        Assert.Equal(
            [tenant.Resources.Realm],
            (await world.Systems.Keycloak.FindRealmsAsync(CancellationToken))!.Select(realm => realm.Realm));
    }

    [Fact]
    public async Task A_realm_of_somebody_else_is_a_conflict_for_the_service_account_too()
    {
        var tenant = await world.GivenTenantAsync();
        await world.Systems.Keycloak.CreateRealmAsync(
            new RealmRepresentation { Realm = tenant.Resources.Realm, Enabled = true }, CancellationToken);
        await using var limited = await world.UseServiceAccountAsync(name);

        var failure = await world.FailAsync(tenant);

        Assert.Equal("ownership_conflict", failure.Code);
        Assert.Equal("PROVISION_FAILED", await world.StatusAsync(tenant));
    }
}
