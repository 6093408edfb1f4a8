namespace Sandbox.Tests.Keycloak;

public sealed class RoleTests(KeycloakServer server) : IClassFixture<KeycloakServer>
{
    [Fact]
    public async Task A_role_is_created_once_and_found_by_its_name()
    {
        var realm = await server.CreateRealmAsync();
        var token = await server.GetAdminTokenAsync();
        var path = $"/admin/realms/{realm}/roles";

        var created = await server.PostAsync(path, """{"name":"operator","description":"d"}""", token);
        Assert.Equal((201, "operator"), (created.Status, created.Id));
        var duplicate = await server.PostAsync(path, """{"name":"operator"}""", token);
        duplicate.Is(409, """{"errorMessage":"Role with name operator already exists"}""");
        var nameless = await server.PostAsync(path, "{}", token);
        nameless.Is(400, """{"error":"role has no name"}""");
        Assert.False((await server.GetAsync($"{path}/operator", token)).Json["composite"]!.GetValue<bool>());
        (await server.DeleteAsync($"{path}/operator", token)).Is(204);
        var deleted = await server.GetAsync($"{path}/operator", token);
        deleted.Is(404, """{"error":"Could not find role"}""");
    }

    [Fact]
    public async Task A_role_is_assigned_by_id_and_name_and_repeating_it_changes_nothing()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var token = await server.GetAdminTokenAsync();
        var management =
            (await server.FindSingleAsync($"/admin/realms/{realm}/clients?clientId=realm-management", token))["id"];
        var role = (await server.GetAsync($"/admin/realms/{realm}/clients/{management}/roles/realm-admin", token)).Json;
        var user = await server.FindSingleAsync($"/admin/realms/{realm}/users?username=temporary&exact=true", token);
        var path = $"/admin/realms/{realm}/users/{user["id"]}/role-mappings/clients/{management}";

        var id = role["id"]!.ToJsonString();
        foreach (var partial in (string[])[$$"""[{"id":{{id}}}]""", """[{"name":"realm-admin"}]"""])
        {
            var refused = await server.PostAsync(path, partial, token);
            refused.Is(404, """{"error":"Role not found"}""");
        }
        for (var times = 0; times < 2; times++)
        {
            (await server.GrantRolesAsync(path,
                $$"""[{"id":{{id}},"name":"realm-admin"}]""", token)).Is(204);
        }
        Assert.Equal("realm-admin",
            Assert.Single((await server.GetAsync(path, token)).Json.AsArray())!["name"]!.GetValue<string>());
        (await server.SendAsync(HttpMethod.Delete, path, $"[{role.ToJsonString()}]", token)).Is(204);
        Assert.Empty((await server.GetAsync(path, token)).Json.AsArray());
        var unknownClient = await server.PostAsync(
            $"/admin/realms/{realm}/users/{user["id"]}/role-mappings/clients/nope", $"[{role.ToJsonString()}]", token);
        unknownClient.Is(404, """{"error":"Client not found"}""");
    }

    [Fact]
    public async Task A_user_manager_cannot_make_others_administrators()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var admin = await server.GetAdminTokenAsync();
        var management =
            (await server.FindSingleAsync($"/admin/realms/{realm}/clients?clientId=realm-management", admin))["id"];
        var user = await server.FindSingleAsync($"/admin/realms/{realm}/users?username=alice&exact=true", admin);
        var path = $"/admin/realms/{realm}/users/{user["id"]}/role-mappings/clients/{management}";
        await server.SendAsync(HttpMethod.Delete, path, $"[{await RoleAsync("realm-admin")}]", admin);
        await server.PostAsync(path, $"[{await RoleAsync("manage-users")}]", admin);
        var token = (await server.PasswordAsync(realm, "direct", "alice", TestRealms.Password)).AccessToken;

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
