using Sandbox.Hosting;

namespace Sandbox.Tests.Keycloak;

/// <summary>Tests of the stand-in only: its persistence and its limits.</summary>
public sealed class KeycloakStateTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("keycloak-state-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Answered_changes_survive_a_crash()
    {
        var copy = folder.CreateSubdirectory("copy");
        string realm, token;
        await using (var sandbox = await StartAsync(folder.CreateSubdirectory("first")))
        await using (var server = new KeycloakServer(sandbox.Keycloak!))
        {
            realm = await server.CreateRealmAsync(TestRealms.WithApplication, deleteAtEnd: false);
            token = (await server.PasswordAsync(realm, "direct", "alice", TestRealms.Password)).AccessToken;
            foreach (var file in Directory.GetFiles(Path.Combine(folder.FullName, "first"), "keycloak.db*"))
                File.Copy(file, Path.Combine(copy.FullName, Path.GetFileName(file)));
        }

        await using var secondSandbox = await StartAsync(copy);
        await using var restarted = new KeycloakServer(secondSandbox.Keycloak!);
        Assert.Equal(200, (await restarted.PasswordAsync(realm, "direct", "alice", TestRealms.Password)).Status);
        var key = KeycloakResponse.ReadHeader(token)["kid"]!.GetValue<string>();
        var keys = (await restarted.GetAsync($"/realms/{realm}/protocol/openid-connect/certs")).Json["keys"]!.AsArray();
        Assert.Contains(key, keys.Select(known => known!["kid"]!.GetValue<string>()));
        var user = await restarted.FindSingleAsync($"/admin/realms/{realm}/users?username=alice&exact=true");
        Assert.Equal("t-1", user["attributes"]!["tenantId"]![0]!.GetValue<string>());
    }

    [Fact]
    public async Task Name_and_password_of_the_administrator_are_configurable()
    {
        await using var sandbox = await SandboxHost.StartAsync(SandboxOptions.OnFreePorts with
        {
            Keycloak = new() { AdminUsername = "root", AdminPassword = "another" },
            S3Port = null,
            NovuPort = null,
            TemporalPort = null,
        }, TestContext.Current.CancellationToken);
        await using var server = new KeycloakServer(sandbox.Keycloak!);

        (await server.PasswordAsync("master", "admin-cli", "root", "another")).Is(200);
        (await server.PasswordAsync("master", "admin-cli", "admin", "admin")).Is(400);
    }

    [Fact]
    public async Task Ordinary_tokens_limit_a_service_account_to_about_120_realms_and_lightweight_ones_do_not()
    {
        await using var sandbox = await StartAsync(null);
        await using var server = new KeycloakServer(sandbox.Keycloak!);
        await using var ordinaryCreator = await RealmCreator.CreateAsync(server, lightweight: false);
        await using var lightweightCreator = await RealmCreator.CreateAsync(server, lightweight: true);

        var created = await CreateUntilRefusedAsync(server, ordinaryCreator, "o", 150);
        Assert.InRange(created, 110, 125);
        var refused = await server.DeleteAsync("/admin/realms/tenant-o-0", await ordinaryCreator.GetTokenAsync());
        Assert.Equal(431, refused.Status);

        Assert.Equal(150, await CreateUntilRefusedAsync(server, lightweightCreator, "l", 150));
        (await server.DeleteAsync("/admin/realms/tenant-l-0", await lightweightCreator.GetTokenAsync())).Is(204);
    }

    [Theory]
    [InlineData("/admin/realms/master/groups")]
    [InlineData("/admin/realms/master/identity-provider/import-config")]
    [InlineData("/realms/master/account/")]
    public async Task Unimplemented_features_of_the_real_server_are_answered_with_501(string path)
    {
        await using var sandbox = await StartAsync(null);
        await using var server = new KeycloakServer(sandbox.Keycloak!);

        var response = await server.GetAsync(path, await server.GetAdminTokenAsync());

        response.Is(501);
        Assert.Contains("does not play GET " + path, response.Text, StringComparison.Ordinal);
    }

    private static async Task<int> CreateUntilRefusedAsync(
        KeycloakServer server, RealmCreator creator, string prefix, int count)
    {
        for (var created = 0; created < count; created++)
        {
            var body = $$"""{"realm":"tenant-{{prefix}}-{{created}}","enabled":true}""";
            var response = await server.PostAsync("/admin/realms", body, await creator.GetTokenAsync());
            if (response.Status != 201)
                return created;
        }
        return count;
    }

    private static Task<SandboxHost> StartAsync(DirectoryInfo? data) => SandboxHost.StartAsync(
        SandboxOptions.OnFreePorts with
        {
            DataDirectory = data?.FullName,
            S3Port = null,
            NovuPort = null,
            TemporalPort = null
        },
        TestContext.Current.CancellationToken);
}
