using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Worker.Commands;
using Worker.Systems.Keycloak;
using Worker.Tests.Support;

namespace Worker.Tests.Commands;

/// <summary><c>setup</c> makes the account with which applications read the connections of their tenants.</summary>
public sealed class SetupApplicationTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_account_gets_tokens_for_the_control_plane_with_the_role_of_applications_alone()
    {
        string folder = Directory.CreateTempSubdirectory().FullName, file = Path.Combine(folder, "secret");

        string first = await SetUpAsync(file);
        string secret = (await File.ReadAllTextAsync(file, CancellationToken)).Trim();
        string second = await SetUpAsync(file);

        Assert.Contains("applications: role application, client application-plane\n", first, StringComparison.Ordinal);
        Assert.Contains("applications: up to date\n", second, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, first + second, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        var token = await GetTokenAsync(secret);
        Assert.Contains("control-plane", token.Audiences);
        var roles = token.GetPayloadValue<System.Text.Json.JsonElement>("realm_access").GetProperty("roles");
        Assert.Contains("application", roles.EnumerateArray().Select(role => role.GetString()));
        Assert.DoesNotContain("operator", roles.EnumerateArray().Select(role => role.GetString()));
        Directory.Delete(folder, recursive: true);
    }

    private async Task<string> SetUpAsync(string file)
    {
        using var output = new StringWriter();
        var keycloak = fixture.RegisteredSystems.Where(system => system.Id == KeycloakSystem.SystemId).ToList();
        Assert.Equal(0, await CommandLine.RunAsync(
            ["setup", "--operator-password-file", $"{file}.operator", "--application-secret-file", file],
            new CommandContext(keycloak) { Output = output, Host = fixture.HostSettings }));
        return output.ToString();
    }

    private async Task<JsonWebToken> GetTokenAsync(string secret)
    {
        using var http = new HttpClient();
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = PlatformRealm.ApplicationClient,
            ["client_secret"] = secret,
        });
        using var answer = await http.PostAsync(
            new Uri(fixture.Sandbox.Keycloak!, "/realms/platform/protocol/openid-connect/token"), form,
            CancellationToken);
        answer.EnsureSuccessStatusCode();
        var json = await answer.Content.ReadFromJsonAsync<JsonObject>(CancellationToken);
        return new JsonWebTokenHandler().ReadJsonWebToken((string)json!["access_token"]!);
    }
}
