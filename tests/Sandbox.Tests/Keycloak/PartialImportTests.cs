namespace Sandbox.Tests.Keycloak;

/// <summary>Partial import: it assigns roles that the caller does not have.</summary>
public sealed class PartialImportTests(KeycloakServer server) : IClassFixture<KeycloakServer>
{
    [Fact]
    public async Task The_creator_of_a_realm_can_assign_realm_admin_only_by_an_import()
    {
        await using var creator = await RealmCreator.CreateAsync(server, lightweight: true);
        var realm = KeycloakServer.UniqueName();
        var created = await server.PostAsync(
            "/admin/realms", $$"""{"realm":"{{realm}}"}""", await creator.GetTokenAsync());
        created.Is(201);
        var token = await creator.GetTokenAsync();
        var user = await server.PostAsync($"/admin/realms/{realm}/users", """{"username":"bob"}""", token);
        var clients = $"/admin/realms/{realm}/clients";
        var management = (await server.FindSingleAsync(clients + "?clientId=realm-management", token))["id"];
        var role = await server.GetAsync($"{clients}/{management}/roles/realm-admin", token);

        var refused = await server.PostAsync(
            $"/admin/realms/{realm}/users/{user.Id}/role-mappings/clients/{management}", $"[{role.Text}]", token);
        refused.Is(403, """{"error":"HTTP 403 Forbidden"}""");

        var import = await ImportAsync(realm, """
            {"users":[{"username":"alice","enabled":true,"clientRoles":{"realm-management":["realm-admin"]}}]}
            """, token);
        import.Is(200);
        Assert.Equal(("ADDED", "USER"), (Result(import, "action"), Result(import, "resourceType")));
        var held = await server.GetAsync(
            $"/admin/realms/{realm}/users/{Result(import, "id")}/role-mappings/clients/{management}", token);
        Assert.Equal("realm-admin", Assert.Single(held.Json.AsArray())!["name"]!.GetValue<string>());
        (await server.DeleteAsync($"/admin/realms/{realm}", token)).Is(204);
    }

    [Fact]
    public async Task An_existing_user_is_kept_or_replaced_as_requested()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var token = await server.GetAdminTokenAsync();
        const string Alice = """
            "users":[{"username":"alice","email":"alice@app.example"}]}
            """;

        (await ImportAsync(realm, "{" + Alice, token))
            .Is(409, """{"errorMessage":"User with user name alice already exists."}""");
        (await ImportAsync(realm, """{"users":[{"username":"new"},{"username":"alice"}]}""", token)).Is(409);
        var partial = await server.GetAsync($"/admin/realms/{realm}/users?username=new&exact=true", token);
        Assert.Empty(partial.Json.AsArray());

        var alice = await server.FindSingleAsync($"/admin/realms/{realm}/users?username=alice&exact=true", token);
        var before = alice["id"]!;
        var skipped = await ImportAsync(realm, """{"ifResourceExists":"SKIP",""" + Alice, token);
        Assert.Equal(("SKIPPED", before.GetValue<string>()), (Result(skipped, "action"), Result(skipped, "id")));
        var replaced = await ImportAsync(realm, """{"ifResourceExists":"OVERWRITE",""" + Alice, token);
        Assert.Equal("OVERWRITTEN", Result(replaced, "action"));
        Assert.NotEqual(before.GetValue<string>(), Result(replaced, "id"));
        (await server.PasswordAsync(realm, "direct", "alice", TestRealms.Password)).Is(400);
    }

    [Theory]
    [InlineData("{}", 200, """{"overwritten":0,"added":0,"skipped":0,"results":[]}""")]
    [InlineData("""{"unknown":1}""", 200, """{"overwritten":0,"added":0,"skipped":0,"results":[]}""")]
    [InlineData("""{"ifResourceExists":"X"}""", 500,
        """{"error":"unknown_error","error_description":"Cannot parse the JSON"}""")]
    [InlineData("""{"users":[{"username":"bob","clientRoles":{"nope":["x"]}}]}""", 500,
        """{"error":"unknown_error","error_description":"For more on this error consult the server log."}""")]
    [InlineData("""{"users":[{"email":"bob@example.com"}]}""", 500,
        """{"error":"unknown_error","error_description":"For more on this error consult the server log."}""")]
    public async Task Empty_and_invalid_imports_are_answered(string body, int status, string expected)
    {
        var realm = await server.CreateRealmAsync();

        (await ImportAsync(realm, body, await server.GetAdminTokenAsync())).Is(status, expected);
    }

    private Task<KeycloakResponse> ImportAsync(string realm, string body, string token) =>
        server.PostAsync($"/admin/realms/{realm}/partialImport", body, token);

    private static string Result(KeycloakResponse import, string field) =>
        Assert.Single(import.Json["results"]!.AsArray())![field]!.GetValue<string>();
}
