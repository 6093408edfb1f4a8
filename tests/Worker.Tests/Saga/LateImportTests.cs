using System.Net;
using Sandbox.Control;
using Testing;
using Worker.Systems.Keycloak;
using Worker.Tests.Support;

namespace Worker.Tests.Saga;

public sealed class LateImportTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    private const string Password = "correct horse battery staple";

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_user_import_that_lands_when_the_tenant_is_live_leaves_its_administrator_alone()
    {
        // The first try's timeout is real time.
        await using var scaled = await world.ChangeSettingsAsync(("TIMEOUT_SCALE", "0.01"));
        var tenant = await world.GivenTenantAsync();
        string realm = tenant.Resources.Realm, path = $"/admin/realms/{realm}/partialImport";
        await using var late = await world.Control.FaultAsync(new FaultRule
        {
            System = "keycloak",
            Method = "POST",
            Path = path,
            Kind = FaultKind.LateEffect,
        });
        Assert.Equal("ACTIVE", (await (await world.StartAsync(tenant)).GetResultAsync()).Outcome);
        var user = await world.Systems.Keycloak.FindUserAsync(realm, tenant.Email, CancellationToken);
        await world.Systems.Keycloak.SetPasswordAsync(realm, user!.Id!, Password, temporary: false, CancellationToken);
        Assert.Equal(HttpStatusCode.OK, await world.LogInAsync(tenant, Password));

        await late.ReleaseAsync();
        await AssertMore.EventuallyAsync(
            () => world.Control.CallsAsync(path),
            calls => calls.Any(call => call is { Fault: not null, Status: not null }));

        Assert.Equal(HttpStatusCode.OK, await world.LogInAsync(tenant, Password));
        Assert.Equal(user.Id, (await world.Systems.Keycloak.FindUserAsync(realm, tenant.Email, CancellationToken))!.Id);
    }

    // Whoever is there under the name, and is not what was wanted, is made anew.
    [Fact]
    public async Task An_incomplete_user_is_made_anew()
    {
        var tenant = await world.GivenTenantAsync();
        bool isFirst = true;
        world.Hooks.Before("CreateAdminUser", tenant, async () =>
        {
            if (isFirst)
            {
                isFirst = false;
                Assert.True(await world.Systems.Keycloak.CreateUserAsync(
                    tenant.Resources.Realm,
                    new UserRepresentation { Username = tenant.Email, Email = tenant.Email, Enabled = true },
                    CancellationToken));
            }
        });

        Assert.Equal("ACTIVE", (await (await world.StartAsync(tenant)).GetResultAsync()).Outcome);

        var user = await world.Systems.Keycloak.FindUserAsync(tenant.Resources.Realm, tenant.Email, CancellationToken);
        Assert.Equal(["admin"], user!.Attributes!["role"]);
    }
}
