namespace Sandbox.Tests.Keycloak;

public sealed class RealmTests(KeycloakServer server) : IClassFixture<KeycloakServer>
{
    [Fact]
    public async Task One_request_creates_a_realm_with_all_its_contents()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var token = await server.GetAdminTokenAsync();

        var client = await server.FindSingleAsync($"/admin/realms/{realm}/clients?clientId=app", token);
        Assert.True(client["publicClient"]!.GetValue<bool>());
        Assert.False(client["directAccessGrantsEnabled"]!.GetValue<bool>());
        Assert.Equal("S256", client["attributes"]!["pkce.code.challenge.method"]!.GetValue<string>());
        Assert.Equal("https://app.example", Assert.Single(client["webOrigins"]!.AsArray())!.GetValue<string>());
        Assert.Equal(2, client["protocolMappers"]!.AsArray().Count);

        var user = await server.FindSingleAsync($"/admin/realms/{realm}/users?username=alice&exact=true", token);
        Assert.Equal("t-1", user["attributes"]!["tenantId"]![0]!.GetValue<string>());
        var mappings = await server.GetAsync($"/admin/realms/{realm}/users/{user["id"]}/role-mappings", token);
        Assert.Equal("realm-admin",
            mappings.Json["clientMappings"]!["realm-management"]!["mappings"]![0]!["name"]!.GetValue<string>());
        Assert.Null(mappings.Json["realmMappings"]);
    }

    [Fact]
    public async Task The_response_to_a_new_realm_is_only_its_address()
    {
        var name = KeycloakServer.UniqueName();

        var token = await server.GetAdminTokenAsync();
        var response = await server.PostAsync("/admin/realms/", $$"""{"realm":"{{name}}"}""", token);

        Assert.Equal(201, response.Status);
        Assert.Equal($"{server.Address.GetLeftPart(UriPartial.Authority)}/admin/realms/{name}", response.Location);
        Assert.Equal("", response.Text);
        var realm = await server.GetAsync($"/admin/realms/{name}", await server.GetAdminTokenAsync());
        Assert.False(realm.Json["enabled"]!.GetValue<bool>());
        Assert.Equal("application/json; charset=UTF-8", realm.ContentType);
        (await server.DeleteAsync($"/admin/realms/{name}", await server.GetAdminTokenAsync())).Is(204);
        var deleted = await server.DeleteAsync($"/admin/realms/{name}", await server.GetAdminTokenAsync());
        deleted.Is(404, """{"error":"Realm not found."}""");
    }

    [Fact]
    public async Task Realm_names_and_ids_are_unique()
    {
        var id = Guid.CreateVersion7().ToString();
        var realm = await server.CreateRealmAsync($$"""{"realm":"{0}","enabled":true,"id":"{{id}}"}""");
        var token = await server.GetAdminTokenAsync();

        var sameName = await server.PostAsync("/admin/realms", $$"""{"realm":"{{realm}}"}""", token);
        sameName.Is(409, $$"""{"errorMessage":"Realm {{realm}} already exists"}""");
        var sameId = await server.PostAsync("/admin/realms", $$"""{"realm":"{{realm}}x","id":"{{id}}"}""", token);
        sameId.Is(409, """{"errorMessage":"Duplicate resource error"}""");
        var master = await server.PutAsync($"/admin/realms/{realm}", """{"realm":"master"}""", token);
        master.Is(409, """{"errorMessage":"Realm with same name exists"}""");
    }

    [Fact]
    public async Task An_update_keeps_absent_fields_and_never_changes_the_id()
    {
        var id = Guid.CreateVersion7().ToString();
        var realm = await server.CreateRealmAsync(
            $$$"""{"realm":"{0}","enabled":true,"id":"{{{id}}}","displayName":"Old","attributes":{"tenantId":"1"}}""");
        var token = await server.GetAdminTokenAsync();

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
    public async Task The_tenants_administrator_may_rename_its_own_realm_and_change_no_other()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var other = await server.CreateRealmAsync();
        var token = (await server.PasswordAsync(realm, "direct", "alice", TestRealms.Password)).AccessToken;

        (await server.GetAsync($"/admin/realms/{other}", token)).Is(403);
        (await server.GetAsync("/admin/realms/master/users", token)).Is(403);
        (await server.PostAsync("/admin/realms", """{"realm":"zz"}""", token)).Is(403);
        Assert.Equal(realm, Assert.Single(
            (await server.GetAsync("/admin/realms", token)).Json.AsArray())!["realm"]!.GetValue<string>());
        (await server.PutAsync($"/admin/realms/{realm}", $$"""{"realm":"{{realm}}x"}""", token)).Is(204);

        var admin = await server.GetAdminTokenAsync();
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
    public async Task An_invalid_realm_is_rejected_as_a_whole(string body, int status, string expected)
    {
        var token = await server.GetAdminTokenAsync();

        var refused = await server.PostAsync("/admin/realms", body, token);

        refused.Is(status, expected);
        (await server.GetAsync("/admin/realms/q", token)).Is(404);
    }

    [Theory]
    [InlineData("""{"unknown": "x"}""", 400,
        """{"error":"Invalid json representation for RealmRepresentation. """
        + """Unrecognized field \"unknown\" at line 1 column 14."}""")]
    [InlineData("{x", 400, """{"error":"invalid_request","error_description":"Cannot parse the JSON"}""")]
    [InlineData("", 500,
        """{"error":"unknown_error","error_description":"For more on this error consult the server log."}""")]
    public async Task An_invalid_update_is_rejected(string body, int status, string expected)
    {
        var realm = await server.CreateRealmAsync();

        var refused = await server.PutAsync($"/admin/realms/{realm}", body, await server.GetAdminTokenAsync());

        refused.Is(status, expected);
    }

    [Theory]
    [InlineData("passwordBlacklist(no-such-file.txt)", 500, """{"errorMessage":"Failed to update realm"}""")]
    [InlineData("regexPattern([)", 400,
        """{"errorMessage":"Invalid config for regexPattern: Not a valid regular expression"}""")]
    [InlineData("maxLength(x)", 400, """{"errorMessage":"Invalid config for maxLength: Not a valid number"}""")]
    public async Task A_password_policy_that_the_server_cannot_apply_is_rejected(
        string policy, int status, string expected)
    {
        var realm = await server.CreateRealmAsync();

        var refused = await server.PutAsync(
            $"/admin/realms/{realm}", $$"""{"passwordPolicy":"{{policy}}"}""", await server.GetAdminTokenAsync());

        refused.Is(status, expected);
    }

    [Fact]
    public async Task The_password_of_the_mail_server_is_never_shown_and_stays_with_its_asterisks()
    {
        var realm = await server.CreateRealmAsync("""
            {"realm":"{0}","enabled":true,"smtpServer":{"host":"mail.example","port":"587","from":"a@mail.example",
             "auth":"true","user":"u","password":"a-secret"}}
            """);
        var token = await server.GetAdminTokenAsync();
        (await server.PutAsync($"/admin/realms/{realm}", """
            {"smtpServer":{"host":"other.example","from":"a@mail.example","auth":"true","user":"u",
             "password":"**********"}}
            """, token)).Is(204);

        var found = (await server.GetAsync($"/admin/realms/{realm}", token)).Json["smtpServer"]!;

        Assert.Equal(("other.example", "**********"),
            (found["host"]!.GetValue<string>(), found["password"]!.GetValue<string>()));
        Assert.Null(found["port"]);
    }

    [Fact]
    public async Task The_master_realm_cannot_be_deleted()
    {
        var response = await server.DeleteAsync("/admin/realms/master", await server.GetAdminTokenAsync());

        response.Is(400, """{"errorMessage":"Can't remove master realm"}""");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("no.token.at-all")]
    public async Task Without_a_valid_token_the_answer_is_401(string? token)
    {
        var response = await server.GetAsync("/admin/realms/nosuch", token);

        response.Is(401, """{"error":"HTTP 401 Unauthorized"}""");
    }
}
