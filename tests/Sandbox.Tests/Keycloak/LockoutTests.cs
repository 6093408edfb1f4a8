using System.Text.Json.Nodes;
using Testing;

namespace Sandbox.Tests.Keycloak;

/// <summary>Brute-force detection, as a tenant's realm has it switched on.</summary>
public sealed class LockoutTests(KeycloakServer server) : IClassFixture<KeycloakServer>
{
    [Fact]
    public async Task Two_wrong_passwords_in_a_hurry_lock_the_user_until_an_administrator_forgives()
    {
        var realm = await ProtectedRealmAsync();
        var token = await server.AdminTokenAsync();
        var user = (await server.FindAsync($"/admin/realms/{realm}/users?username=alice&exact=true", token))["id"];
        var detection = $"/admin/realms/{realm}/attack-detection/brute-force/users/{user}";

        (await LogInAsync(realm, "wrong")).Is(400);
        (await LogInAsync(realm, "wrong")).Is(400);

        // The real server counts beside the answer, so the lock comes a moment later.
        var state = await AssertMore.EventuallyAsync(
            async () => (await server.GetAsync(detection, token)).Json, state => state["disabled"]!.GetValue<bool>());
        Assert.Equal(2, state["numFailures"]!.GetValue<int>());
        (await LogInAsync(realm, Realms.Password))
            .Is(400, """{"error":"invalid_grant","error_description":"Invalid user credentials"}""");
        (await server.PutAsync($"/admin/realms/{realm}/users/{user}/reset-password",
            """{"type":"password","value":"another-password"}""", token)).Is(204);
        (await LogInAsync(realm, "another-password")).Is(400);

        (await server.DeleteAsync(detection, token)).Is(204);
        (await LogInAsync(realm, "another-password")).Is(200);
    }

    [Fact]
    public async Task A_login_that_succeeds_forgives_what_was_wrong_before()
    {
        var realm = await ProtectedRealmAsync();
        for (var times = 0; times < 2; times++)
        {
            (await LogInAsync(realm, "wrong")).Is(400);
            (await LogInAsync(realm, Realms.Password)).Is(200);
        }
    }

    private Task<string> ProtectedRealmAsync()
    {
        var content = JsonNode.Parse(Realms.WithApplication)!;
        content["bruteForceProtected"] = true;
        // However slow the machine: any two in a row are at once.
        content["quickLoginCheckMilliSeconds"] = 600_000;
        return server.NewRealmAsync(content.ToJsonString());
    }

    private Task<Answer> LogInAsync(string realm, string password) =>
        server.PasswordAsync(realm, "direct", "alice", password);
}
