using Testing;
using Worker.Systems.Keycloak;
using Worker.Tests.Support;

namespace Worker.Tests.Saga;

/// <summary>The worker's own Keycloak account, as `setup` creates it: it may only create realms.</summary>
public sealed class ServiceAccountTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    private readonly string name = $"worker-{SandboxFixture.UniqueKey()}";

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    // An ordinary token grows with each realm; beyond about 117 realms every call gets 431 (keycloak#25498).
    [Fact]
    public async Task One_service_account_creates_150_realms_and_can_still_provision_and_delete()
    {
        await using var limited = await fixture.UseServiceAccountAsync(name);
        var realms = Enumerable.Range(0, 150).Select(number => $"tenant-{name}-{number}").ToList();
        var tenant = await fixture.GivenTenantAsync();
        try
        {
            foreach (string realm in realms)
            {
                Assert.True(await fixture.Systems.Keycloak.CreateRealmAsync(
                    new RealmRepresentation { Realm = realm, Enabled = true }, CancellationToken));
            }

            Assert.Equal("ACTIVE", (await (await fixture.StartAsync(tenant)).GetResultAsync()).Outcome);

            var other = await fixture.GivenTenantAsync();
            await fixture.FailAfterAllStepsAsync(other);
            Assert.Equal("PROVISION_FAILED", await fixture.StatusAsync(other));
            Assert.Empty(await fixture.Systems.ObjectsOfAsync(other));
        }
        finally
        {
            // A real Keycloak is shared with the tests that follow.
            foreach (string realm in realms)
            {
                await fixture.Systems.Keycloak.DeleteRealmAsync(realm, CancellationToken);
            }
        }

        Assert.Equal(
            [tenant.Resources.Realm],
            (await fixture.Systems.Keycloak.FindRealmsAsync(CancellationToken))!.Select(realm => realm.Realm));
    }

    [Fact]
    public async Task A_foreign_realm_is_a_conflict_for_the_service_account_too()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.Systems.Keycloak.CreateRealmAsync(
            new RealmRepresentation { Realm = tenant.Resources.Realm, Enabled = true }, CancellationToken);
        await using var limited = await fixture.UseServiceAccountAsync(name);

        var failure = await fixture.FailAsync(tenant);

        Assert.Equal("ownership_conflict", failure.Code);
        Assert.Equal("PROVISION_FAILED", await fixture.StatusAsync(tenant));
    }
}
