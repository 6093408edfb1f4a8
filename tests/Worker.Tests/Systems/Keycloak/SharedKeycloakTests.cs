using Microsoft.Extensions.DependencyInjection;
using Worker.Commands;
using Worker.Sweeps;
using Worker.Systems.Keycloak;
using Worker.Tests.Support;
using Worker.Tests.Sweeps;

namespace Worker.Tests.Systems.Keycloak;

/// <summary>Two installations on one Keycloak, each with a worker's account of its own.</summary>
public sealed class SharedKeycloakTests(ProvisioningWorld first) : IClassFixture<ProvisioningWorld>, IAsyncDisposable
{
    private static readonly Guid SecondInstallation = Guid.Parse("22222222-2222-4222-8222-222222222222");

    private readonly string name = $"worker-{Guid.CreateVersion7():N}";

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync() => await UseAdministratorAsync(first);

    [Fact]
    public async Task Each_provisions_its_tenants_and_neither_sees_what_the_other_made()
    {
        await using var second = await StartSecondAsync();
        var tenant = await first.GivenTenantAsync();
        var other = await second.GivenTenantAsync();

        Assert.Equal("ACTIVE", (await (await first.StartAsync(tenant)).GetResultAsync()).Outcome);
        Assert.Equal("ACTIVE", (await (await second.StartAsync(other)).GetResultAsync()).Outcome);

        Assert.Equal([tenant.Resources.Realm], await TenantRealmsAsync(first));
        Assert.Equal([other.Resources.Realm], await TenantRealmsAsync(second));
        await SweepsNothingAsync(first);
        await SweepsNothingAsync(second);
        // Not only because Keycloak hides it: an administrator sees the other's realm.
        await UseAdministratorAsync(first);
        await SweepsNothingAsync(first);
        Assert.True(await first.Systems.RealmExistsAsync(other.Resources.Realm));
    }

    [Fact]
    public async Task A_key_that_the_other_has_taken_is_a_conflict_and_the_others_realm_stays()
    {
        await using var second = await StartSecondAsync();
        var tenant = await first.GivenTenantAsync();
        await (await first.StartAsync(tenant)).GetResultAsync();

        var failure = await second.FailAsync(await second.GivenTenantAsync(tenant.Key));

        Assert.Equal("ownership_conflict", failure.Code);
        Assert.True(await first.Systems.RealmExistsAsync(tenant.Resources.Realm));
    }

    [Fact]
    public async Task The_others_account_is_refused_and_the_way_out_is_told()
    {
        await Account(name, ProvisioningWorld.Installation).EnsureAsync(CancellationToken);

        var refused = await Assert.ThrowsAsync<CommandException>(
            () => Account(name, SecondInstallation).EnsureAsync(CancellationToken));

        Assert.Contains($"belongs to {ProvisioningWorld.Installation}", refused.Message, StringComparison.Ordinal);
        Assert.Contains("KEYCLOAK_WORKER_CLIENT_ID", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_has_the_name_and_not_the_mark_is_refused()
    {
        await first.Systems.Keycloak.CreateClientAsync(
            "master",
            new ClientRepresentation { ClientId = name, Enabled = true, ServiceAccountsEnabled = true },
            CancellationToken);

        var refused = await Assert.ThrowsAsync<CommandException>(
            () => Account(name, ProvisioningWorld.Installation).EnsureAsync(CancellationToken));

        Assert.Contains("belongs to no installation", refused.Message, StringComparison.Ordinal);
    }

    private WorkerAccount Account(string clientId, Guid installation) =>
        new(first.Systems.Keycloak, "master", clientId, installation);

    private async Task<ProvisioningWorld> StartSecondAsync()
    {
        var (firstSecret, _) = await Account(name, ProvisioningWorld.Installation).EnsureAsync(CancellationToken);
        var (secondSecret, _) = await Account($"{name}-two", SecondInstallation).EnsureAsync(CancellationToken);
        await first.RestartWorkerAsync(
            ("KEYCLOAK_ADMIN_CLIENT_ID", name), ("KEYCLOAK_ADMIN_CLIENT_SECRET", firstSecret));
        var second = new ProvisioningWorld();
        await second.InitializeAsync();
        await second.RestartWorkerAsync(
            ("INSTALLATION_ID", SecondInstallation.ToString()),
            ("KEYCLOAK_URL", first.Sandbox.Keycloak!.OriginalString.TrimEnd('/')),
            ("KEYCLOAK_ADMIN_CLIENT_ID", $"{name}-two"), ("KEYCLOAK_ADMIN_CLIENT_SECRET", secondSecret));
        return second;
    }

    private static Task UseAdministratorAsync(ProvisioningWorld world) => world.RestartWorkerAsync(
        ("KEYCLOAK_ADMIN_CLIENT_ID", null), ("KEYCLOAK_ADMIN_CLIENT_SECRET", null));

    private static async Task<IEnumerable<string?>> TenantRealmsAsync(ProvisioningWorld world) =>
        (await world.Systems.Keycloak.FindRealmsAsync(CancellationToken))!.Select(realm => realm.Realm);

    private static async Task SweepsNothingAsync(ProvisioningWorld world)
    {
        var swept = await world.SweepAsync();

        Assert.Equal((0, 0), (swept.Deleted, swept.Orphans));
        Assert.Empty(await world.Services.GetRequiredService<OrphanRecords>().ListAsync(CancellationToken));
    }
}
