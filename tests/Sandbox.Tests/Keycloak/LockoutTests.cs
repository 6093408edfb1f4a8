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
        var detection = await DetectionAsync(realm);
        var user = detection.Split('/')[^1];

        (await LogInAsync(realm, "wrong")).Is(400);
        (await LogInAsync(realm, "wrong")).Is(400);

        var state = await CountedAsync(detection, 2);
        Assert.True(state["disabled"]!.GetValue<bool>());
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
        var detection = await DetectionAsync(realm);
        for (var times = 0; times < 2; times++)
        {
            (await LogInAsync(realm, "wrong")).Is(400);
            await CountedAsync(detection, 1);
            (await LogInAsync(realm, Realms.Password)).Is(200);
            await CountedAsync(detection, 0);
        }
    }

    private async Task<string> DetectionAsync(string realm)
    {
        var alice = await server.FindAsync($"/admin/realms/{realm}/users?username=alice&exact=true");
        return $"/admin/realms/{realm}/attack-detection/brute-force/users/{alice["id"]}";
    }

    // The real server counts, and forgets, beside its answer: a moment later.
    private async Task<JsonNode> CountedAsync(string detection, int failures) => await AssertMore.EventuallyAsync(
        async () => (await server.GetAsync(detection, await server.AdminTokenAsync())).Json,
        state => state["numFailures"]!.GetValue<int>() == failures);

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
