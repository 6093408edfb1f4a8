using System.Text.Json.Nodes;

namespace Sandbox.Tests.Keycloak;

public sealed class UserProfileTests(KeycloakServer server) : IClassFixture<KeycloakServer>
{
    [Fact]
    public async Task A_new_realm_requires_email_and_names_and_declares_no_other_attributes()
    {
        var realm = await server.CreateRealmAsync();

        var profile =
            (await server.GetAsync($"/admin/realms/{realm}/users/profile", await server.GetAdminTokenAsync())).Json;

        Assert.Equal(["username", "email", "firstName", "lastName"], Names(profile));
        Assert.Equal(3, profile["attributes"]!.AsArray().Count(attribute => attribute!["required"] is not null));
        Assert.Null(profile["unmanagedAttributePolicy"]);
    }

    [Fact]
    public async Task A_declared_attribute_is_stored()
    {
        var realm = await server.CreateRealmAsync();
        var token = await server.GetAdminTokenAsync();
        var path = $"/admin/realms/{realm}/users/profile";
        var profile = (await server.GetAsync(path, token)).Json;
        profile["attributes"]!.AsArray().Add(JsonNode.Parse(
            """{"name":"tenantId","permissions":{"view":["admin"],"edit":["admin"]}}"""));

        var stored = await server.PutAsync(path, profile.ToJsonString(), token);

        Assert.Equal(200, stored.Status);
        Assert.Contains("tenantId", Names(stored.Json));
        var user = await server.PostAsync($"/admin/realms/{realm}/users",
            """{"username":"bob","attributes":{"tenantId":["1"]}}""", token);
        Assert.Equal("1", (await server.GetAsync($"/admin/realms/{realm}/users/{user.Id}", token))
            .Json["attributes"]!["tenantId"]![0]!.GetValue<string>());
    }

    [Fact]
    public async Task With_ADMIN_EDIT_an_administrator_may_write_any_attribute()
    {
        var realm = await server.CreateRealmAsync();
        var token = await server.GetAdminTokenAsync();
        var path = $"/admin/realms/{realm}/users/profile";
        var profile = (await server.GetAsync(path, token)).Json;
        profile["unmanagedAttributePolicy"] = "ADMIN_EDIT";
        (await server.PutAsync(path, profile.ToJsonString(), token)).Is(200);

        var user = await server.PostAsync($"/admin/realms/{realm}/users",
            """{"username":"bob","attributes":{"any":["1"]}}""", token);

        Assert.Equal("1", (await server.GetAsync($"/admin/realms/{realm}/users/{user.Id}",
            token)).Json["attributes"]!["any"]![0]!.GetValue<string>());
    }

    [Theory]
    [InlineData("""{"attributes":[]}""",
        """{"errorMessage":"[The attribute 'username' can not be removed, """
        + """The attribute 'email' can not be removed]"}""")]
    [InlineData("""{"attributes":[{"name":"username"},{"name":"email"},{"name":"x"},{"name":"x"}]}""",
        """{"errorMessage":"[Attribute configuration already exists with 'name':'x']"}""")]
    [InlineData("""{"attributes":[{"name":"username"},{"name":"email"},{"name":"g","group":"nope"}]}""",
        """{"errorMessage":"[Attribute 'g' references unknown group 'nope']"}""")]
    [InlineData("""{"attributes":[{"name":"username"},{"name":"email"},{"name":"g","validations":{"nope":{}}}]}""",
        """{"errorMessage":"[Validator 'nope' defined for attribute 'g' doesn't exist]"}""")]
    [InlineData("""{"foo":1}""",
        """{"error":"Invalid json representation for UPConfig. Unrecognized field \"foo\" at line 1 column 9."}""")]
    [InlineData("""{"unmanagedAttributePolicy":"DISABLED"}""",
        """{"error":"unknown_error","error_description":"Cannot parse the JSON"}""")]
    public async Task An_invalid_profile_is_rejected(string body, string expected)
    {
        var realm = await server.CreateRealmAsync();

        var refused =
            await server.PutAsync($"/admin/realms/{realm}/users/profile", body, await server.GetAdminTokenAsync());

        refused.Is(400, expected);
    }

    [Theory]
    [InlineData("""{"length":{"max":255},"person-name-prohibited-characters":{}}""", "A & B", 400)]
    [InlineData("""{"length":{"max":255},"person-name-prohibited-characters":{}}""", "A, B", 200)]
    [InlineData("""{"pattern":{"pattern":"^[^<>]*$","error-message":"no markup"}}""", "A & B", 200)]
    [InlineData("""{"pattern":{"pattern":"^[^<>]*$","error-message":"no markup"}}""", "<A>", 400)]
    [InlineData("""{"length":{"max":3}}""", "Abcd", 400)]
    public async Task An_imported_value_that_the_profile_refuses_stops_the_login(
        string validations, string name, int status)
    {
        var realm = await server.CreateRealmAsync();
        var token = await server.GetAdminTokenAsync();
        var path = $"/admin/realms/{realm}/users/profile";
        var profile = (await server.GetAsync(path, token)).Json;
        profile["attributes"]!.AsArray().Single(attribute => attribute!["name"]!.GetValue<string>() == "firstName")!
            ["validations"] = JsonNode.Parse(validations);
        (await server.PutAsync(path, profile.ToJsonString(), token)).Is(200);

        // An import skips the profile; the user name breaks a rule of its own, which no login checks.
        (await server.PostAsync($"/admin/realms/{realm}/partialImport", $$"""
            {"ifResourceExists":"FAIL","users":[{"username":"a&b","email":"a@b.example","firstName":"{{name}}",
             "lastName":"L","enabled":true,"credentials":[{"type":"password","value":"secret"}]}]}
            """, token)).Is(200);

        var login = await server.PasswordAsync(realm, "admin-cli", "a&b", "secret");
        Assert.Equal(status, login.Status);
        if (status != 200)
            Assert.Equal("Account is not fully set up", login.Json["error_description"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_text_of_a_pattern_names_the_reason_for_an_administrator()
    {
        var realm = await server.CreateRealmAsync();
        var token = await server.GetAdminTokenAsync();
        var path = $"/admin/realms/{realm}/users/profile";
        var profile = (await server.GetAsync(path, token)).Json;
        profile["attributes"]!.AsArray().Single(attribute => attribute!["name"]!.GetValue<string>() == "firstName")!
            ["validations"] = JsonNode.Parse("""{"pattern":{"pattern":"^[^<>]*$","error-message":"no markup"}}""");
        (await server.PutAsync(path, profile.ToJsonString(), token)).Is(200);

        var refused = await server.PostAsync(
            $"/admin/realms/{realm}/users", """{"username":"bob","firstName":"<b>"}""", token);

        refused.Is(400, """{"field":"firstName","errorMessage":"no markup","params":["firstName","^[^<>]*$"]}""");
    }

    private static IEnumerable<string> Names(JsonNode profile) =>
        profile["attributes"]!.AsArray().Select(attribute => attribute!["name"]!.GetValue<string>());
}
