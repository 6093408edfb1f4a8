using System.Text.Json.Nodes;

namespace Sandbox.Tests.Keycloak;

/// <summary>
/// Calls whose object is deleted after the server has found it and before it has read the body. The answers are those
/// of Keycloak 26.7: most objects are found before the body is read, and their change fails in the database.
/// </summary>
public sealed class DeletionDuringCallTests(KeycloakServer server) : IClassFixture<KeycloakServer>
{
    private const string Unknown =
        """{"error":"unknown_error","error_description":"For more on this error consult the server log."}""";

    private const string Conflict = """{"error":"conflict","error_description":"Duplicate resource error"}""";

    private const string Mapper =
        """{"name":"aud","protocol":"openid-connect","protocolMapper":"oidc-audience-mapper","config":{}}""";

    [Theory]
    [InlineData("PUT", "", """{"name":"N"}""", 500, Unknown)]
    [InlineData("POST", "/protocol-mappers/models", Mapper, 409, Conflict)]
    [InlineData("POST", "/protocol-mappers/add-models", $"[{Mapper}]", 409, Conflict)]
    public async Task A_change_of_a_client_deleted_in_the_meantime_is_refused(
        string method, string suffix, string body, int status, string expected)
    {
        var path = await CreateAsync("clients", """{"clientId":"c"}""");

        var change = await SendAsync(method, path + suffix, body, deleted: path);

        change.Is(status, expected);
        Assert.Equal(404, (await server.GetAsync(path, await server.GetAdminTokenAsync())).Status);
    }

    [Theory]
    [InlineData(true, 500, Unknown)]
    [InlineData(false, 404, """{"error":"Model not found"}""")]
    public async Task A_change_of_a_mapper_deleted_in_the_meantime_is_refused(
        bool alone, int status, string expected)
    {
        var client = await CreateAsync("clients", """{"clientId":"c"}""");
        var token = await server.GetAdminTokenAsync();
        var mapper = await server.PostAsync($"{client}/protocol-mappers/models", Mapper, token);
        var path = $"{client}/protocol-mappers/models/{mapper.Id}";
        var body = JsonNode.Parse(Mapper)!;
        (body["id"], body["name"]) = (mapper.Id, "other");

        var change = await SendAsync("PUT", path, body.ToJsonString(), deleted: alone ? path : client);

        change.Is(status, expected);
    }

    [Theory]
    [InlineData("PUT", "", """{"firstName":"N"}""", 500, """{"errorMessage":"Database operation failed"}""")]
    [InlineData("PUT", "/reset-password", """{"type":"password","value":"a-long-password"}""", 409, Conflict)]
    public async Task A_change_of_a_user_deleted_in_the_meantime_is_refused(
        string method, string suffix, string body, int status, string expected)
    {
        var path = await CreateAsync("users", """{"username":"somebody"}""");

        var change = await SendAsync(method, path + suffix, body, deleted: path);

        change.Is(status, expected);
        Assert.Equal(404, (await server.GetAsync(path, await server.GetAdminTokenAsync())).Status);
    }

    [Theory]
    [InlineData("user", 400, """{"error":"invalid_request","error_description":"Could not add user role mappings!"}""")]
    [InlineData("role", 404, """{"error":"Role not found"}""")]
    public async Task A_grant_whose_user_or_role_was_deleted_in_the_meantime_is_refused(
        string deleted, int status, string expected)
    {
        var user = await CreateAsync("users", """{"username":"somebody"}""");
        var realm = user[..user.IndexOf("/users", StringComparison.Ordinal)];
        var token = await server.GetAdminTokenAsync();
        (await server.PostAsync($"{realm}/roles", """{"name":"operator"}""", token)).Is(201);
        var role = (await server.GetAsync($"{realm}/roles/operator", token)).Json;

        var grant = await SendAsync("POST", $"{user}/role-mappings/realm", $"[{role.ToJsonString()}]",
            deleted: deleted == "user" ? user : $"{realm}/roles/operator");

        grant.Is(status, expected);
    }

    [Fact]
    public async Task An_update_does_not_recreate_a_role_deleted_in_the_meantime()
    {
        var realm = $"/admin/realms/{await server.CreateRealmAsync()}";
        var token = await server.GetAdminTokenAsync();
        await server.PostAsync($"{realm}/roles", """{"name":"operator"}""", token);
        var path = $"{realm}/roles/operator";

        var update = await SendAsync("PUT", path, """{"name":"operator","description":"d"}""", deleted: path);

        update.Is(404, """{"error":"Could not find role"}""");
        (await server.GetAsync(path, token)).Is(404);
    }

    [Theory]
    [InlineData("PUT", "", """{"displayName":"N"}""")]
    [InlineData("POST", "/clients", """{"clientId":"c"}""")]
    [InlineData("POST", "/users", """{"username":"somebody"}""")]
    [InlineData("POST", "/roles", """{"name":"operator"}""")]
    [InlineData("PUT", "/users/profile", """{"attributes":[{"name":"username"},{"name":"email"}]}""")]
    public async Task A_change_in_a_realm_deleted_in_the_meantime_is_refused(string method, string suffix, string body)
    {
        var path = $"/admin/realms/{await server.CreateRealmAsync()}";

        var change = await SendAsync(method, path + suffix, body, deleted: path);

        change.Is(500, Unknown);
        (await server.GetAsync(path, await server.GetAdminTokenAsync())).Is(404);
    }

    /// <summary>Creates an object in a new realm and returns its path.</summary>
    private async Task<string> CreateAsync(string collection, string body)
    {
        var path = $"/admin/realms/{await server.CreateRealmAsync()}/{collection}";
        var created = await server.PostAsync(path, body, await server.GetAdminTokenAsync());
        Assert.Equal(201, created.Status);
        return $"{path}/{created.Id}";
    }

    private async Task<KeycloakResponse> SendAsync(string method, string path, string body, string deleted)
    {
        var token = await server.GetAdminTokenAsync();
        return await server.SendDelayedAsync(new HttpMethod(method), path, body, token,
            async () => (await server.DeleteAsync(deleted, token)).Is(204));
    }
}
