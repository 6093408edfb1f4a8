namespace Sandbox.Tests.Keycloak;

public sealed class RealmTests(KeycloakServer server) : IClassFixture<KeycloakServer>
{
    [Fact]
    public async Task One_request_makes_a_realm_with_everything_in_it()
    {
        var realm = await server.NewRealmAsync(Realms.WithApplication);
        var token = await server.AdminTokenAsync();

        var client = await server.FindAsync($"/admin/realms/{realm}/clients?clientId=app", token);
        Assert.True(client["publicClient"]!.GetValue<bool>());
        Assert.False(client["directAccessGrantsEnabled"]!.GetValue<bool>());
        Assert.Equal("S256", client["attributes"]!["pkce.code.challenge.method"]!.GetValue<string>());
        Assert.Equal("https://app.example", Assert.Single(client["webOrigins"]!.AsArray())!.GetValue<string>());
        Assert.Equal(2, client["protocolMappers"]!.AsArray().Count);

        var user = await server.FindAsync($"/admin/realms/{realm}/users?username=alice&exact=true", token);
        Assert.Equal("t-1", user["attributes"]!["tenantId"]![0]!.GetValue<string>());
        var mappings = await server.GetAsync($"/admin/realms/{realm}/users/{user["id"]}/role-mappings", token);
        Assert.Equal("realm-admin",
            mappings.Json["clientMappings"]!["realm-management"]!["mappings"]![0]!["name"]!.GetValue<string>());
        Assert.Null(mappings.Json["realmMappings"]);
    }

    [Fact]
    public async Task A_new_realm_is_answered_with_its_address_alone()
    {
        var name = KeycloakServer.UniqueName();

        var token = await server.AdminTokenAsync();
        var answer = await server.PostAsync("/admin/realms/", $$"""{"realm":"{{name}}"}""", token);

        Assert.Equal(201, answer.Status);
        Assert.Equal($"{server.Address.GetLeftPart(UriPartial.Authority)}/admin/realms/{name}", answer.Location);
        Assert.Equal("", answer.Text);
        var realm = await server.GetAsync($"/admin/realms/{name}", await server.AdminTokenAsync());
        Assert.False(realm.Json["enabled"]!.GetValue<bool>());
        Assert.Equal("application/json; charset=UTF-8", realm.ContentType);
        (await server.DeleteAsync($"/admin/realms/{name}", await server.AdminTokenAsync())).Is(204);
        var gone = await server.DeleteAsync($"/admin/realms/{name}", await server.AdminTokenAsync());
        gone.Is(404, """{"error":"Realm not found."}""");
    }

    [Fact]
    public async Task A_name_or_an_id_is_given_once()
    {
        var id = Guid.CreateVersion7().ToString();
        var realm = await server.NewRealmAsync($$"""{"realm":"{0}","enabled":true,"id":"{{id}}"}""");
        var token = await server.AdminTokenAsync();

        var sameName = await server.PostAsync("/admin/realms", $$"""{"realm":"{{realm}}"}""", token);
        sameName.Is(409, $$"""{"errorMessage":"Realm {{realm}} already exists"}""");
        var sameId = await server.PostAsync("/admin/realms", $$"""{"realm":"{{realm}}x","id":"{{id}}"}""", token);
        sameId.Is(409, """{"errorMessage":"Duplicate resource error"}""");
        var master = await server.PutAsync($"/admin/realms/{realm}", """{"realm":"master"}""", token);
        master.Is(409, """{"errorMessage":"Realm with same name exists"}""");
    }

    [Fact]
    public async Task An_update_keeps_what_it_does_not_name_and_never_the_id()
    {
        var id = Guid.CreateVersion7().ToString();
        var realm = await server.NewRealmAsync(
            $$$"""{"realm":"{0}","enabled":true,"id":"{{{id}}}","displayName":"Old","attributes":{"tenantId":"1"}}""");
        var token = await server.AdminTokenAsync();

        (await server.PutAsync($"/admin/realms/{realm}", """{"id":"other","displayName":"New"}""", token)).Is(204);
        var renamed = (await server.GetAsync($"/admin/realms/{realm}", token)).Json;
        Assert.Equal((id, "New", true), (renamed["id"]!.GetValue<string>(), renamed["displayName"]!.GetValue<string>(),
            renamed["enabled"]!.GetValue<bool>()));
        Assert.Equal("1", renamed["attributes"]!["tenantId"]!.GetValue<string>());

        await server.PutAsync($"/admin/realms/{realm}", """{"attributes":{"other":"2"}}""", token);
        var attributes = (await server.GetAsync($"/admin/realms/{realm}", token)).Json["attributes"]!.AsObject();
        Assert.False(attributes.ContainsKey("tenantId"));
        Assert.Equal("2", attributes["other"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_tenants_own_administrator_may_rename_the_realm_and_change_no_other()
    {
        var realm = await server.NewRealmAsync(Realms.WithApplication);
        var other = await server.NewRealmAsync();
        var token = (await server.PasswordAsync(realm, "direct", "alice", Realms.Password)).AccessToken;

        (await server.GetAsync($"/admin/realms/{other}", token)).Is(403);
        (await server.GetAsync("/admin/realms/master/users", token)).Is(403);
        (await server.PostAsync("/admin/realms", """{"realm":"zz"}""", token)).Is(403);
        Assert.Equal(realm, Assert.Single(
            (await server.GetAsync("/admin/realms", token)).Json.AsArray())!["realm"]!.GetValue<string>());
        (await server.PutAsync($"/admin/realms/{realm}", $$"""{"realm":"{{realm}}x"}""", token)).Is(204);

        var admin = await server.AdminTokenAsync();
        (await server.GetAsync($"/admin/realms/{realm}", admin)).Is(404);
        (await server.PutAsync($"/admin/realms/{realm}x", $$"""{"realm":"{{realm}}"}""", admin)).Is(204);
    }

    [Theory]
    [InlineData("{}", 400, """{"errorMessage":"Realm name cannot be empty"}""")]
    [InlineData("""{"realm":""}""", 400, """{"errorMessage":"Realm name cannot be empty"}""")]
    [InlineData("""{"realm":"q","unknown":1}""", 400, """{"errorMessage":"unable to read contents from stream"}""")]
    [InlineData("""{"realm":"q","enabled":"yes"}""", 400, """{"errorMessage":"unable to read contents from stream"}""")]
    [InlineData("""{"realm":"q","clients":{}}""", 400, """{"errorMessage":"unable to read contents from stream"}""")]
    [InlineData("{x", 400, """{"errorMessage":"unable to read contents from stream"}""")]
    [InlineData("""{"realm":"a/b"}""", 400, """{"error":"Character '/' not allowed."}""")]
    [InlineData("""{"realm":"a#b"}""", 400, """{"error":"Character '#' not allowed."}""")]
    [InlineData("""{"realm":"q","id":"a/b"}""", 400, """{"error":"Character '/' not allowed."}""")]
    [InlineData("""{"realm":"q","passwordPolicy":"nope(1)"}""", 400,
        """{"errorMessage":"Password policy not found"}""")]
    [InlineData("""{"realm":"q","users":[{"username":"bob","clientRoles":{"nope":["x"]}}]}""", 500,
        """{"error":"unknown_error","error_description":"For more on this error consult the server log."}""")]
    [InlineData("""{"realm":"q","users":[{"username":"bob"},{"username":"bob"}]}""", 409,
        """{"errorMessage":"Duplicate resource error"}""")]
    [InlineData("""{"realm":"q","passwordPolicy":"length(12)","users":[{"username":"bob","credentials":["""
        + """{"type":"password","value":"short"}]}]}""", 400,
        """{"errorMessage":"Password policy not met. See logs for details"}""")]
    public async Task A_realm_that_is_wrong_is_refused_as_a_whole(string body, int status, string answer)
    {
        var token = await server.AdminTokenAsync();

        var refused = await server.PostAsync("/admin/realms", body, token);

        refused.Is(status, answer);
        (await server.GetAsync("/admin/realms/q", token)).Is(404);
    }

    [Theory]
    [InlineData("""{"unknown": "x"}""", 400,
        """{"error":"Invalid json representation for RealmRepresentation. """
        + """Unrecognized field \"unknown\" at line 1 column 14."}""")]
    [InlineData("{x", 400, """{"error":"invalid_request","error_description":"Cannot parse the JSON"}""")]
    [InlineData("", 500,
        """{"error":"unknown_error","error_description":"For more on this error consult the server log."}""")]
    public async Task An_update_that_is_wrong_is_refused(string body, int status, string answer)
    {
        var realm = await server.NewRealmAsync();

        var refused = await server.PutAsync($"/admin/realms/{realm}", body, await server.AdminTokenAsync());

        refused.Is(status, answer);
    }

    [Fact]
    public async Task The_master_realm_stays()
    {
        var answer = await server.DeleteAsync("/admin/realms/master", await server.AdminTokenAsync());

        answer.Is(400, """{"errorMessage":"Can't remove master realm"}""");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("no.token.at-all")]
    public async Task Without_a_token_that_holds_nothing_is_told(string? token)
    {
        var answer = await server.GetAsync("/admin/realms/nosuch", token);

        answer.Is(401, """{"error":"HTTP 401 Unauthorized"}""");
    }
}
