using Worker.Systems.Keycloak;
using Worker.Tests.Support;

namespace Worker.Tests.Sweeps;

/// <summary>The sweep needs no more than the account of `setup`, which has only the role create-realm.</summary>
public sealed class ServiceAccountSweepTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    [Fact]
    public async Task A_realm_of_the_account_is_found_after_a_rename_and_without_attributes()
    {
        await using var limited = await fixture.UseServiceAccountAsync();
        var (left, unknown) = (await fixture.GivenTenantAsync(), SweepExtensions.UnknownTenant());
        await fixture.GivenAttemptAsync(left, 1, "ROLLED_BACK");
        await fixture.CreateRealmAsync(left, left.MarkOf());
        await fixture.CreateRealmAsync(unknown, unknown.MarkOf());
        await fixture.ChangeRealmAsync(left.Resources.Realm, new RealmRepresentation
        {
            Realm = $"hidden-{left.Key}",
            Attributes = new Dictionary<string, string>(),
        });
        await fixture.ChangeRealmAsync(
            unknown.Resources.Realm, new RealmRepresentation { Realm = $"hidden-{unknown.Key}" });

        await fixture.SweepAsync();

        Assert.False(await fixture.Systems.RealmExistsAsync($"hidden-{left.Key}"));
        Assert.Equal($"hidden-{unknown.Key}", Assert.Single(await fixture.OrphansAsync(unknown.Id)).Name);
    }
}
