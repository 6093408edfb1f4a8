using Worker.Commands.Setup;
using Worker.Keycloak;
using Worker.Tests.Worlds;

namespace Worker.Tests.Keycloak;

/// <summary>The worker's own account, as `setup` makes it: it may create realms and nothing else.</summary>
public sealed class ServiceAccountTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // An ordinary token grows by each realm until, beyond about 117, every call is 431 (keycloak#25498).
    [Fact]
    public async Task One_service_account_creates_150_realms_and_can_still_provision_and_delete()
    {
        await UseServiceAccountAsync();
        for (int i = 0; i < 150; i++)
        {
            Assert.True(await world.Systems.Keycloak.CreateRealmAsync(
                new RealmRepresentation { Realm = $"tenant-many{i}", Enabled = true }, Cancellation));
        }

        var tenant = await world.GivenTenantAsync();
        Assert.Equal("ACTIVE", (await (await world.StartAsync(tenant)).GetResultAsync()).Outcome);

        var other = await world.GivenTenantAsync();
        world.Hooks.Before("CreateResources", other, () =>
            throw new ControlPlane.ControlPlaneException(ControlPlane.ErrorCode.Forbidden, "Refused."));
        await world.FailAsync(other);
        Assert.Equal("PROVISION_FAILED", await world.StatusAsync(other));
        Assert.Empty(await world.Systems.OfAsync(other));
    }

    [Fact]
    public async Task A_realm_of_somebody_else_is_a_conflict_for_the_service_account_too()
    {
        var admin = world.Systems.Keycloak;
        var tenant = await world.GivenTenantAsync();
        await admin.CreateRealmAsync(
            new RealmRepresentation { Realm = tenant.Resources.Realm, Enabled = true }, Cancellation);
        await UseServiceAccountAsync();

        var failure = await world.FailAsync(tenant);

        Assert.Equal("ownership_conflict", failure.Code);
        Assert.Equal("PROVISION_FAILED", await world.StatusAsync(tenant));
    }

    private async Task UseServiceAccountAsync()
    {
        await world.RestartWorkerAsync(
            ("KEYCLOAK_ADMIN_CLIENT_ID", null), ("KEYCLOAK_ADMIN_CLIENT_SECRET", null));
        var account = new WorkerAccount(
            world.Systems.Keycloak, "master", "arc-saas-worker", ProvisioningWorld.Installation);
        var (secret, _) = await account.EnsureAsync(Cancellation);
        await world.RestartWorkerAsync(
            ("KEYCLOAK_ADMIN_CLIENT_ID", "arc-saas-worker"), ("KEYCLOAK_ADMIN_CLIENT_SECRET", secret));
    }
}
