using System.Net;
using Sandbox.Control;
using Testing;
using Worker.Systems.Keycloak;
using Worker.Tests.Support;

namespace Worker.Tests.Saga;

public sealed class LateImportTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    private const string Password = "correct horse battery staple";

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_user_import_that_lands_on_a_live_tenant_does_not_change_its_admin_user()
    {
        // The timeout of the first try runs in real time.
        await using var scaled = await fixture.ChangeSettingsAsync(("TIMEOUT_SCALE", "0.01"));
        var tenant = await fixture.GivenTenantAsync();
        string realm = tenant.Resources.Realm, path = $"/admin/realms/{realm}/partialImport";
        await using var late = await fixture.Control.SetFaultAsync(new FaultRule
        {
            System = "keycloak",
            Method = "POST",
            Path = path,
            Kind = FaultKind.LateEffect,
        });
        Assert.Equal("ACTIVE", (await (await fixture.StartAsync(tenant)).GetResultAsync()).Outcome);
        var user = await fixture.Systems.FindAdminUserAsync(tenant);
        await fixture.Systems.Keycloak.SetPasswordAsync(
            realm, user!.Id!, Password, temporary: false, CancellationToken);
        Assert.Equal(HttpStatusCode.OK, await fixture.LogInAsync(tenant, Password));

        await late.ReleaseAsync();
        await AssertMore.EventuallyAsync(
            () => fixture.Control.GetCallsAsync(path),
            calls => calls.Any(call => call is { Fault: not null, Status: not null }));

        Assert.Equal(HttpStatusCode.OK, await fixture.LogInAsync(tenant, Password));
        Assert.Equal(user.Id, (await fixture.Systems.FindAdminUserAsync(tenant))!.Id);
    }

    [Fact]
    public async Task An_incomplete_user_is_replaced()
    {
        var tenant = await fixture.GivenTenantAsync();
        bool isFirst = true;
        fixture.Hooks.Before("CreateAdminUser", tenant, async () =>
        {
            if (isFirst)
            {
                isFirst = false;
                Assert.True(await fixture.Systems.Keycloak.CreateUserAsync(
                    tenant.Resources.Realm,
                    new UserRepresentation { Username = tenant.Email, Email = tenant.Email, Enabled = true },
                    CancellationToken));
            }
        });

        Assert.Equal("ACTIVE", (await (await fixture.StartAsync(tenant)).GetResultAsync()).Outcome);

        var user = await fixture.Systems.FindAdminUserAsync(tenant);
        Assert.Equal(["admin"], user!.Attributes!["role"]);
    }
}
