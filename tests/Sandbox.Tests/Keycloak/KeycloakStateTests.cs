using Sandbox.Hosting;

namespace Sandbox.Tests.Keycloak;

/// <summary>The stand-in alone: what it keeps, and how many realms it bears.</summary>
public sealed class KeycloakStateTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("keycloak-state-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task What_was_answered_is_on_the_disk_though_the_process_never_ended_properly()
    {
        var copy = folder.CreateSubdirectory("copy");
        string realm, token;
        await using (var sandbox = await StartAsync(folder.CreateSubdirectory("first")))
        await using (var server = new KeycloakServer(sandbox.Keycloak!))
        {
            realm = await server.NewRealmAsync(Realms.WithApplication, forget: true);
            token = (await server.PasswordAsync(realm, "direct", "alice", Realms.Password)).AccessToken;
            foreach (var file in Directory.GetFiles(Path.Combine(folder.FullName, "first"), "keycloak.db*"))
                File.Copy(file, Path.Combine(copy.FullName, Path.GetFileName(file)));
        }

        await using var again = await StartAsync(copy);
        await using var restarted = new KeycloakServer(again.Keycloak!);
        Assert.Equal(200, (await restarted.PasswordAsync(realm, "direct", "alice", Realms.Password)).Status);
        var key = Answer.Header(token)["kid"]!.GetValue<string>();
        var keys = (await restarted.GetAsync($"/realms/{realm}/protocol/openid-connect/certs")).Json["keys"]!.AsArray();
        Assert.Contains(key, keys.Select(known => known!["kid"]!.GetValue<string>()));
        var user = await restarted.FindAsync($"/admin/realms/{realm}/users?username=alice&exact=true");
        Assert.Equal("t-1", user["attributes"]!["tenantId"]![0]!.GetValue<string>());
    }

    [Fact]
    public async Task A_name_and_password_other_than_admin_can_be_chosen()
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
    public async Task A_service_account_with_ordinary_tokens_is_stuck_at_some_120_realms_and_a_light_one_is_not()
    {
        await using var sandbox = await StartAsync(null);
        await using var server = new KeycloakServer(sandbox.Keycloak!);
        await using var ordinary = await Creator.MakeAsync(server, lightweight: false);
        await using var light = await Creator.MakeAsync(server, lightweight: true);

        var made = await CreateUntilRefusedAsync(server, ordinary, "o", 150);
        Assert.InRange(made, 110, 125);
        var stuck = await server.DeleteAsync("/admin/realms/tenant-o-0", await ordinary.TokenAsync());
        Assert.Equal(431, stuck.Status);

        Assert.Equal(150, await CreateUntilRefusedAsync(server, light, "l", 150));
        (await server.DeleteAsync("/admin/realms/tenant-l-0", await light.TokenAsync())).Is(204);
    }

    [Theory]
    [InlineData("/admin/realms/master/groups")]
    [InlineData("/admin/realms/master/identity-provider/import-config")]
    [InlineData("/realms/master/account/")]
    public async Task What_the_real_server_has_and_this_one_does_not_play_says_so(string path)
    {
        await using var sandbox = await StartAsync(null);
        await using var server = new KeycloakServer(sandbox.Keycloak!);

        var answer = await server.GetAsync(path, await server.AdminTokenAsync());

        answer.Is(501);
        Assert.Contains("does not play GET " + path, answer.Text, StringComparison.Ordinal);
    }

    private static async Task<int> CreateUntilRefusedAsync(
        KeycloakServer server, Creator creator, string prefix, int most)
    {
        for (var made = 0; made < most; made++)
        {
            var body = $$"""{"realm":"tenant-{{prefix}}-{{made}}","enabled":true}""";
            var answer = await server.PostAsync("/admin/realms", body, await creator.TokenAsync());
            if (answer.Status != 201)
                return made;
        }
        return most;
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
