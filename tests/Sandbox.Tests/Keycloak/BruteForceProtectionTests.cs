using System.Text.Json.Nodes;
using Testing;

namespace Sandbox.Tests.Keycloak;

/// <summary>Brute-force protection, with the settings of a tenant's realm.</summary>
public sealed class BruteForceProtectionTests(KeycloakServer server) : IClassFixture<KeycloakServer>
{
    [Fact]
    public async Task Two_quick_wrong_passwords_lock_the_user_until_an_administrator_resets_the_lockout()
    {
        var realm = await CreateProtectedRealmAsync();
        var token = await server.GetAdminTokenAsync();
        var detection = await GetDetectionPathAsync(realm);
        var user = detection.Split('/')[^1];

        (await LogInAsync(realm, "wrong")).Is(400);
        // A second failure may be lost while the real server still counts the first one.
        await WaitForCountAsync(detection, 1);
        (await LogInAsync(realm, "wrong")).Is(400);

        var state = await WaitForCountAsync(detection, 2);
        Assert.True(state["disabled"]!.GetValue<bool>());
        (await LogInAsync(realm, TestRealms.Password))
            .Is(400, """{"error":"invalid_grant","error_description":"Invalid user credentials"}""");
        (await server.PutAsync($"/admin/realms/{realm}/users/{user}/reset-password",
            """{"type":"password","value":"another-password"}""", token)).Is(204);
        (await LogInAsync(realm, "another-password")).Is(400);

        (await server.DeleteAsync(detection, token)).Is(204);
        (await LogInAsync(realm, "another-password")).Is(200);
    }

    [Fact]
    public async Task A_successful_login_resets_the_failure_count()
    {
        var realm = await CreateProtectedRealmAsync();
        var detection = await GetDetectionPathAsync(realm);
        for (var times = 0; times < 2; times++)
        {
            (await LogInAsync(realm, "wrong")).Is(400);
            await WaitForCountAsync(detection, 1);
            (await LogInAsync(realm, TestRealms.Password)).Is(200);
            await WaitForCountAsync(detection, 0);
        }
    }

    private async Task<string> GetDetectionPathAsync(string realm)
    {
        var alice = await server.FindSingleAsync($"/admin/realms/{realm}/users?username=alice&exact=true");
        return $"/admin/realms/{realm}/attack-detection/brute-force/users/{alice["id"]}";
    }

    // The real server updates and resets the count asynchronously, shortly after its response.
    private async Task<JsonNode> WaitForCountAsync(string detection, int failures) => await AssertMore.EventuallyAsync(
        async () => (await server.GetAsync(detection, await server.GetAdminTokenAsync())).Json,
        state => state["numFailures"]!.GetValue<int>() == failures);

    private Task<string> CreateProtectedRealmAsync()
    {
        var content = JsonNode.Parse(TestRealms.WithApplication)!;
        content["bruteForceProtected"] = true;
        // Long enough for a slow machine: two consecutive failures always count as quick.
        content["quickLoginCheckMilliSeconds"] = 600_000;
        return server.CreateRealmAsync(content.ToJsonString());
    }

    private Task<KeycloakResponse> LogInAsync(string realm, string password) =>
        server.PasswordAsync(realm, "direct", "alice", password);
}
