namespace Sandbox.Tests.Keycloak;

public sealed class RoleTests(KeycloakServer server) : IClassFixture<KeycloakServer>
{
    [Fact]
    public async Task A_role_is_made_once_and_found_by_its_name()
    {
        var realm = await server.NewRealmAsync();
        var token = await server.AdminTokenAsync();
        var path = $"/admin/realms/{realm}/roles";

        var made = await server.PostAsync(path, """{"name":"operator","description":"d"}""", token);
        Assert.Equal((201, "operator"), (made.Status, made.Id));
        var again = await server.PostAsync(path, """{"name":"operator"}""", token);
        again.Is(409, """{"errorMessage":"Role with name operator already exists"}""");
        var nameless = await server.PostAsync(path, "{}", token);
        nameless.Is(400, """{"error":"role has no name"}""");
        Assert.False((await server.GetAsync($"{path}/operator", token)).Json["composite"]!.GetValue<bool>());
        (await server.DeleteAsync($"{path}/operator", token)).Is(204);
        var gone = await server.GetAsync($"{path}/operator", token);
        gone.Is(404, """{"error":"Could not find role"}""");
    }

    [Fact]
    public async Task An_update_of_a_role_that_goes_meanwhile_does_not_bring_it_back()
    {
        var realm = await server.NewRealmAsync();
        var token = await server.AdminTokenAsync();
        await server.PostAsync($"/admin/realms/{realm}/roles", """{"name":"operator"}""", token);
        var path = $"/admin/realms/{realm}/roles/operator";

        var update = await server.PutLateAsync(path, """{"name":"operator","description":"d"}""", token,
            async () => (await server.DeleteAsync(path, token)).Is(204));

        update.Is(404, """{"error":"Could not find role"}""");
        (await server.GetAsync(path, token)).Is(404);
    }

    [Fact]
    public async Task A_role_is_given_by_id_and_name_and_giving_it_twice_is_once()
    {
        var realm = await server.NewRealmAsync(Realms.WithApplication);
        var token = await server.AdminTokenAsync();
        var management =
            (await server.FindAsync($"/admin/realms/{realm}/clients?clientId=realm-management", token))["id"];
        var role = (await server.GetAsync($"/admin/realms/{realm}/clients/{management}/roles/realm-admin", token)).Json;
        var user = await server.FindAsync($"/admin/realms/{realm}/users?username=temporary&exact=true", token);
        var path = $"/admin/realms/{realm}/users/{user["id"]}/role-mappings/clients/{management}";

        var id = role["id"]!.ToJsonString();
        foreach (var half in (string[])[$$"""[{"id":{{id}}}]""", """[{"name":"realm-admin"}]"""])
        {
            var refused = await server.PostAsync(path, half, token);
            refused.Is(404, """{"error":"Role not found"}""");
        }
        for (var times = 0; times < 2; times++)
        {
            (await server.GrantAsync(path,
                $$"""[{"id":{{id}},"name":"realm-admin"}]""", token)).Is(204);
        }
        Assert.Equal("realm-admin",
            Assert.Single((await server.GetAsync(path, token)).Json.AsArray())!["name"]!.GetValue<string>());
        (await server.SendAsync(HttpMethod.Delete, path, $"[{role.ToJsonString()}]", token)).Is(204);
        Assert.Empty((await server.GetAsync(path, token)).Json.AsArray());
        var nowhere = await server.PostAsync(
            $"/admin/realms/{realm}/users/{user["id"]}/role-mappings/clients/nope", $"[{role.ToJsonString()}]", token);
        nowhere.Is(404, """{"error":"Client not found"}""");
    }

    [Fact]
    public async Task Who_manages_users_makes_nobody_an_administrator()
    {
        var realm = await server.NewRealmAsync(Realms.WithApplication);
        var admin = await server.AdminTokenAsync();
        var management =
            (await server.FindAsync($"/admin/realms/{realm}/clients?clientId=realm-management", admin))["id"];
        var user = await server.FindAsync($"/admin/realms/{realm}/users?username=alice&exact=true", admin);
        var path = $"/admin/realms/{realm}/users/{user["id"]}/role-mappings/clients/{management}";
        await server.SendAsync(HttpMethod.Delete, path, $"[{await RoleAsync("realm-admin")}]", admin);
        await server.PostAsync(path, $"[{await RoleAsync("manage-users")}]", admin);
        var token = (await server.PasswordAsync(realm, "direct", "alice", Realms.Password)).AccessToken;

        (await server.PostAsync(path, $"[{await RoleAsync("realm-admin")}]", token)).Is(403);
        (await server.PostAsync(path, $"[{await RoleAsync("view-realm")}]", token)).Is(403);
        (await server.PostAsync(path, $"[{await RoleAsync("view-users")}]", token)).Is(204);
        (await server.GetAsync($"/admin/realms/{realm}/users", token)).Is(200);
        (await server.GetAsync($"/admin/realms/{realm}/clients", token)).Is(403);
        (await server.PutAsync($"/admin/realms/{realm}", "{}", token)).Is(403);
        (await server.GetAsync($"/admin/realms/{realm}/roles", token)).Is(403);
        Assert.Equal(
            $$"""{"realm":"{{realm}}","displayName":"Acme","registrationEmailAsUsername":false,"""
                + "\"bruteForceProtected\":false,\"supportedLocales\":[],\"organizationsEnabled\":false}",
            (await server.GetAsync($"/admin/realms/{realm}", token)).Text);

        async Task<string> RoleAsync(string name) =>
            (await server.GetAsync($"/admin/realms/{realm}/clients/{management}/roles/{name}", admin)).Text;
    }
}
