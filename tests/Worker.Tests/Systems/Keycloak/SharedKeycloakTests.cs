using Microsoft.Extensions.DependencyInjection;
using Worker.Commands;
using Worker.Sweeps;
using Worker.Systems.Keycloak;
using Worker.Tests.Support;
using Worker.Tests.Sweeps;

namespace Worker.Tests.Systems.Keycloak;

/// <summary>Two installations share one Keycloak, each with its own worker account.</summary>
public sealed class SharedKeycloakTests(ProvisioningFixture first)
    : IClassFixture<ProvisioningFixture>, IAsyncDisposable
{
    private static readonly Guid SecondInstallation = Guid.Parse("22222222-2222-4222-8222-222222222222");

    private readonly string name = $"worker-{Guid.CreateVersion7():N}";

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync() => await UseAdministratorAsync(first);

    [Fact]
    public async Task Each_provisions_its_tenants_and_does_not_see_the_others_objects()
    {
        await using var second = await StartSecondAsync();
        var tenant = await first.GivenTenantAsync();
        var other = await second.GivenTenantAsync();

        Assert.Equal("ACTIVE", (await (await first.StartAsync(tenant)).GetResultAsync()).Outcome);
        Assert.Equal("ACTIVE", (await (await second.StartAsync(other)).GetResultAsync()).Outcome);

        Assert.Equal([tenant.Resources.Realm], await TenantRealmsAsync(first));
        Assert.Equal([other.Resources.Realm], await TenantRealmsAsync(second));
        await AssertSweepsNothingAsync(first);
        await AssertSweepsNothingAsync(second);
        // The sweep also ignores the other's realm with an administrator, who sees it.
        await UseAdministratorAsync(first);
        await AssertSweepsNothingAsync(first);
        Assert.True(await first.Systems.RealmExistsAsync(other.Resources.Realm));
    }

    [Fact]
    public async Task A_key_of_the_other_installation_is_a_conflict_and_its_realm_stays()
    {
        await using var second = await StartSecondAsync();
        var tenant = await first.GivenTenantAsync();
        await (await first.StartAsync(tenant)).GetResultAsync();

        var failure = await second.FailAsync(await second.GivenTenantAsync(tenant.Key));

        Assert.Equal("ownership_conflict", failure.Code);
        Assert.True(await first.Systems.RealmExistsAsync(tenant.Resources.Realm));
    }

    [Fact]
    public async Task The_others_account_is_refused_with_the_setting_to_change()
    {
        await Account(name, ProvisioningFixture.Installation).EnsureAsync(CancellationToken);

        var refused = await Assert.ThrowsAsync<CommandException>(
            () => Account(name, SecondInstallation).EnsureAsync(CancellationToken));

        Assert.Contains($"belongs to {ProvisioningFixture.Installation}", refused.Message, StringComparison.Ordinal);
        Assert.Contains("KEYCLOAK_WORKER_CLIENT_ID", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_with_the_name_but_without_the_mark_is_refused()
    {
        await first.Systems.Keycloak.CreateClientAsync(
            "master",
            new ClientRepresentation { ClientId = name, Enabled = true, ServiceAccountsEnabled = true },
            CancellationToken);

        var refused = await Assert.ThrowsAsync<CommandException>(
            () => Account(name, ProvisioningFixture.Installation).EnsureAsync(CancellationToken));

        Assert.Contains("belongs to no installation", refused.Message, StringComparison.Ordinal);
    }

    private WorkerAccount Account(string clientId, Guid installation) =>
        new(first.Systems.Keycloak, "master", clientId, installation);

    private async Task<ProvisioningFixture> StartSecondAsync()
    {
        var (firstSecret, _) = await Account(name, ProvisioningFixture.Installation).EnsureAsync(CancellationToken);
        var (secondSecret, _) = await Account($"{name}-two", SecondInstallation).EnsureAsync(CancellationToken);
        await first.RestartWorkerAsync(
            ("KEYCLOAK_ADMIN_CLIENT_ID", name), ("KEYCLOAK_ADMIN_CLIENT_SECRET", firstSecret));
        var second = new ProvisioningFixture();
        await second.InitializeAsync();
        await second.RestartWorkerAsync(
            ("INSTALLATION_ID", SecondInstallation.ToString()),
            ("KEYCLOAK_URL", first.Sandbox.Keycloak!.OriginalString.TrimEnd('/')),
            ("KEYCLOAK_ADMIN_CLIENT_ID", $"{name}-two"), ("KEYCLOAK_ADMIN_CLIENT_SECRET", secondSecret));
        return second;
    }

    private static Task UseAdministratorAsync(ProvisioningFixture fixture) => fixture.RestartWorkerAsync(
        ("KEYCLOAK_ADMIN_CLIENT_ID", null), ("KEYCLOAK_ADMIN_CLIENT_SECRET", null));

    private static async Task<IEnumerable<string?>> TenantRealmsAsync(ProvisioningFixture fixture) =>
        (await fixture.Systems.Keycloak.FindRealmsAsync(CancellationToken))!.Select(realm => realm.Realm);

    private static async Task AssertSweepsNothingAsync(ProvisioningFixture fixture)
    {
        var swept = await fixture.SweepAsync();

        Assert.Equal((0, 0), (swept.Deleted, swept.Orphans));
        Assert.Empty(await fixture.Services.GetRequiredService<OrphanRecords>().ListAsync(CancellationToken));
    }
}
