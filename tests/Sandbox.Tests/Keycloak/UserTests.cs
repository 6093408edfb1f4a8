using System.Text.Json.Nodes;

namespace Sandbox.Tests.Keycloak;

public sealed class UserTests(KeycloakServer server) : IClassFixture<KeycloakServer>
{
    [Fact]
    public async Task Undeclared_attributes_are_dropped_silently()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var token = await server.GetAdminTokenAsync();

        var created = await server.PostAsync($"/admin/realms/{realm}/users",
            """{"username":"Bob","email":"Bob@Example.com","attributes":{"tenantId":["1"],"undeclared":["2"]}}""",
            token);

        Assert.Equal(201, created.Status);
        var user = (await server.GetAsync($"/admin/realms/{realm}/users/{created.Id}", token)).Json;
        Assert.Equal("""{"tenantId":["1"]}""", user["attributes"]!.ToJsonString());
        Assert.Equal(("bob", "bob@example.com", false),
            (user["username"]!.GetValue<string>(), user["email"]!.GetValue<string>(),
            user["enabled"]!.GetValue<bool>()));
        var defaultRealm = await server.CreateRealmAsync();
        var other = await server.PostAsync($"/admin/realms/{defaultRealm}/users",
            """{"username":"bob","attributes":{"role":["x"]}}""", token);
        var otherUser = await server.GetAsync($"/admin/realms/{defaultRealm}/users/{other.Id}", token);
        Assert.Null(otherUser.Json["attributes"]);
    }

    [Fact]
    public async Task An_update_keeps_absent_fields_but_sent_attributes_also_replace_names_and_email()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var token = await server.GetAdminTokenAsync();
        var path = await PathOfAsync(realm, "alice", token);

        (await server.PutAsync(path, """{"firstName":"Alicia"}""", token)).Is(204);
        var user = (await server.GetAsync(path, token)).Json;
        Assert.Equal(("Alicia", "L", "t-1"),
            (user["firstName"]!.GetValue<string>(), user["lastName"]!.GetValue<string>(),
            user["attributes"]!["tenantId"]![0]!.GetValue<string>()));

        (await server.PutAsync(path, """{"attributes":{"role":["x"]}}""", token)).Is(204);
        user = (await server.GetAsync(path, token)).Json;
        Assert.Equal("""{"role":["x"]}""", user["attributes"]!.ToJsonString());
        Assert.Null(user["firstName"]);
        Assert.Null(user["email"]);
        Assert.True(user["enabled"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData("""{"username":"alice"}""", 409, """{"errorMessage":"User exists with same username"}""")]
    [InlineData("""{"username":"carl","email":"ALICE@app.example"}""", 409,
        """{"errorMessage":"User exists with same email"}""")]
    [InlineData("""{"email":"carl@app.example"}""", 400, """{"errorMessage":"User name is missing"}""")]
    [InlineData("""{"username":"carl","email":"carl"}""", 400,
        """{"field":"email","errorMessage":"error-invalid-email","params":["email","carl"]}""")]
    [InlineData("""{"username":"c"}""", 400,
        """{"field":"username","errorMessage":"error-invalid-length","params":["username",3,255]}""")]
    [InlineData("""{"username":"c","email":"carl"}""", 400,
        """{"errors":[{"field":"username","errorMessage":"error-invalid-length","params":["username",3,255]},"""
        + """{"field":"email","errorMessage":"error-invalid-email","params":["email","carl"]}]}""")]
    [InlineData("""{"username":"carl","nosuchfield":"q"}""", 400,
        """{"error":"Invalid json representation for UserRepresentation. """
        + """Unrecognized field \"nosuchfield\" at line 1 column 35."}""")]
    [InlineData("""{"username":"carl","credentials":[{"valu": 12}]}""", 400,
        """{"error":"Invalid json representation for CredentialRepresentation. """
        + """Unrecognized field \"valu\" at line 1 column 46."}""")]
    [InlineData("""{"username":"carl","enabled":"q"}""", 400,
        """{"error":"unknown_error","error_description":"Cannot parse the JSON"}""")]
    [InlineData("""{"username":["carl"]}""", 400,
        """{"error":"unknown_error","error_description":"Cannot parse the JSON"}""")]
    [InlineData("[]", 400, """{"error":"unknown_error","error_description":"Cannot parse the JSON"}""")]
    [InlineData("{", 400, """{"error":"invalid_request","error_description":"Cannot parse the JSON"}""")]
    [InlineData("", 500,
        """{"error":"unknown_error","error_description":"For more on this error consult the server log."}""")]
    public async Task An_invalid_user_is_rejected(string body, int status, string expected)
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);

        var refused = await server.PostAsync($"/admin/realms/{realm}/users", body, await server.GetAdminTokenAsync());

        Assert.Equal(status, refused.Status);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), refused.Json), refused.Text);
    }

    [Fact]
    public async Task A_body_with_another_content_type_is_rejected()
    {
        var realm = await server.CreateRealmAsync();
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, $"/admin/realms/{realm}/users"))
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("username", "bob")]),
        };
        request.Headers.Authorization = new("Bearer", await server.GetAdminTokenAsync());

        var response = await server.SendAsync(request);

        response.Is(415, """{"error":"The content-type header value did not match the value in @Consumes"}""");
    }

    [Fact]
    public async Task A_body_without_a_content_type_is_accepted()
    {
        var realm = await server.CreateRealmAsync();
        var content = new StringContent("""{"username":"bob","email":"bob@x.example"}""");
        content.Headers.ContentType = null;
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, $"/admin/realms/{realm}/users"))
        {
            Content = content,
        };
        request.Headers.Authorization = new("Bearer", await server.GetAdminTokenAsync());

        (await server.SendAsync(request)).Is(201);
    }

    [Fact]
    public async Task A_username_cannot_change_and_a_deleted_user_is_not_found()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var token = await server.GetAdminTokenAsync();
        var path = await PathOfAsync(realm, "alice", token);

        var renamed = await server.PutAsync(path, """{"username":"carl"}""", token);
        renamed.Is(
            400, """{"field":"username","errorMessage":"error-user-attribute-read-only","params":["username"]}""");
        (await server.DeleteAsync(path, token)).Is(204);
        const string NotFound = """{"error":"User not found"}""";
        (await server.DeleteAsync(path, token)).Is(404, NotFound);
        (await server.GetAsync(path, token)).Is(404, NotFound);
        (await server.PutAsync(path, "{}", token)).Is(404, NotFound);
    }

    [Theory]
    [InlineData("username=alice&exact=true", "alice")]
    [InlineData("username=ALICE&exact=true", "alice")]
    [InlineData("username=lic&exact=true", "")]
    [InlineData("username=lic", "alice")]
    [InlineData("email=alice@app.example&exact=true", "alice")]
    [InlineData("q=tenantId:t-1", "alice")]
    [InlineData("q=tenantId:t-2", "")]
    [InlineData("search=ali", "alice")]
    [InlineData("search=lice", "")]
    [InlineData("search=*lice", "alice")]
    [InlineData("first=1&max=2", "disabled nameless")]
    [InlineData("enabled=false", "disabled")]
    public async Task A_search_finds_matching_users(string query, string names)
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);

        var found = await server.GetAsync($"/admin/realms/{realm}/users?{query}", await server.GetAdminTokenAsync());

        Assert.Equal(names,
            string.Join(' ', found.Json.AsArray().Select(user => user!["username"]!.GetValue<string>()).Order()));
    }

    [Theory]
    [InlineData("""{"type":"password","value":"short"}""", 400,
        """{"error":"invalidPasswordMinLengthMessage","error_description":"Invalid password: minimum length 12."}""")]
    [InlineData("""{"type":"password"}""", 400, """{"error":"No password provided"}""")]
    [InlineData("""{"type":"password","value":""}""", 400, """{"error":"Empty password not allowed"}""")]
    [InlineData("""{"valu":"x"}""", 400,
        """{"error":"Invalid json representation for CredentialRepresentation. """
        + """Unrecognized field \"valu\" at line 1 column 10."}""")]
    public async Task An_invalid_password_is_rejected(string body, int status, string expected)
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var token = await server.GetAdminTokenAsync();

        var refused = await server.PutAsync(await PathOfAsync(realm, "alice", token) + "/reset-password", body, token);

        refused.Is(status, expected);
        (await server.PasswordAsync(realm, "direct", "alice", TestRealms.Password)).Is(200);
    }

    [Fact]
    public async Task A_new_password_replaces_the_old_one_and_a_temporary_one_must_be_changed()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var token = await server.GetAdminTokenAsync();
        var path = await PathOfAsync(realm, "alice", token);

        (await server.PutAsync(path + "/reset-password",
            """{"type":"password","value":"another-password"}""", token)).Is(204);
        (await server.PasswordAsync(realm, "direct", "alice", TestRealms.Password)).Is(400);
        (await server.PasswordAsync(realm, "direct", "alice", "another-password")).Is(200);

        await server.PutAsync(path + "/reset-password",
            """{"type":"password","value":"third-password","temporary":true}""", token);
        Assert.Equal("UPDATE_PASSWORD",
            (await server.GetAsync(path, token)).Json["requiredActions"]![0]!.GetValue<string>());
        (await server.PasswordAsync(realm, "direct", "alice", "third-password")).Is(400);

        await server.PutAsync(path, """{"requiredActions":[]}""", token);
        (await server.PasswordAsync(realm, "direct", "alice", "third-password")).Is(200);
    }

    [Theory]
    [InlineData("length(8)", "short", "invalidPasswordMinLengthMessage", "minimum length 8.")]
    [InlineData("maxLength(5)", "longer", "invalidPasswordMaxLengthMessage", "maximum length 5.")]
    [InlineData("digits(2)", "one1", "invalidPasswordMinDigitsMessage", "must contain at least 2 numerical digits.")]
    [InlineData("upperCase(1)", "lower", "invalidPasswordMinUpperCaseCharsMessage",
        "must contain at least 1 upper case characters.")]
    [InlineData("lowerCase(1)", "UPPER", "invalidPasswordMinLowerCaseCharsMessage",
        "must contain at least 1 lower case characters.")]
    [InlineData("specialChars(1)", "plain", "invalidPasswordMinSpecialCharsMessage",
        "must contain at least 1 special characters.")]
    [InlineData("notUsername(undefined)", "alice", "invalidPasswordNotUsernameMessage",
        "must not be equal to the username.")]
    [InlineData("notContainsUsername(undefined)", "xalicex", "invalidPasswordNotContainsUsernameMessage",
        "Can not contain the username.")]
    [InlineData("notEmail(undefined)", "alice@app.example", "invalidPasswordNotEmailMessage",
        "must not be equal to the email.")]
    [InlineData("regexPattern([a-z]+)", "1", "invalidPasswordRegexPatternMessage", "fails to match regex pattern(s).")]
    [InlineData("passwordHistory(3)", TestRealms.Password, "invalidPasswordHistoryMessage",
        "must not be equal to any of last 3 passwords.")]
    public async Task The_password_policy_of_the_realm_is_enforced(
        string policy, string password, string error, string text)
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var token = await server.GetAdminTokenAsync();
        (await server.PutAsync($"/admin/realms/{realm}", $$"""{"passwordPolicy":"{{policy}}"}""", token)).Is(204);

        var refused = await server.PutAsync(await PathOfAsync(realm, "alice", token) + "/reset-password",
            $$"""{"type":"password","value":"{{password}}"}""", token);

        refused.Is(400, $$"""{"error":"{{error}}","error_description":"Invalid password: {{text}}"}""");
    }

    private async Task<string> PathOfAsync(string realm, string username, string token)
    {
        var user = await server.FindSingleAsync($"/admin/realms/{realm}/users?username={username}&exact=true", token);
        return $"/admin/realms/{realm}/users/{user["id"]}";
    }
}
