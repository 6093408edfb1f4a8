using System.Text.Json.Nodes;

namespace Sandbox.Tests.Keycloak;

public sealed class ClientTests(KeycloakServer server) : IClassFixture<KeycloakServer>
{
    [Fact]
    public async Task A_confidential_client_has_a_secret_and_a_public_one_has_none()
    {
        var realm = await server.CreateRealmAsync();
        var token = await server.GetAdminTokenAsync();
        var path = $"/admin/realms/{realm}/clients";

        var confidential = await server.PostAsync(path, """{"clientId":"c"}""", token);
        var secret = await server.GetAsync($"{path}/{confidential.Id}/client-secret", token);
        Assert.Equal("secret", secret.Json["type"]!.GetValue<string>());
        Assert.Equal(86, secret.Json["value"]!.GetValue<string>().Length);
        var renewed = await server.PostAsync($"{path}/{confidential.Id}/client-secret", "", token);
        Assert.NotEqual(secret.Json["value"]!.GetValue<string>(), renewed.Json["value"]!.GetValue<string>());

        var publicClient = await server.PostAsync(path, """{"clientId":"p","publicClient":true}""", token);
        (await server.GetAsync($"{path}/{publicClient.Id}/client-secret", token)).Is(200, """{"type":"secret"}""");
        var account = await server.GetAsync($"{path}/{publicClient.Id}/service-account-user", token);
        account.Is(400, """{"error":"Service account not enabled for the client 'p'"}""");
    }

    [Fact]
    public async Task A_new_client_has_the_servers_defaults()
    {
        var realm = await server.CreateRealmAsync();
        var token = await server.GetAdminTokenAsync();

        var created = await server.PostAsync($"/admin/realms/{realm}/clients",
            """{"clientId":"c","publicClient":true,"redirectUris":["https://x.example/*"]}""", token);

        var client = (await server.GetAsync($"/admin/realms/{realm}/clients/{created.Id}", token)).Json;
        Assert.True(client["enabled"]!.GetValue<bool>());
        Assert.True(client["standardFlowEnabled"]!.GetValue<bool>());
        Assert.False(client["directAccessGrantsEnabled"]!.GetValue<bool>());
        Assert.True(client["fullScopeAllowed"]!.GetValue<bool>());
        Assert.Equal("https://x.example", client["webOrigins"]![0]!.GetValue<string>());
        Assert.Equal(["acr", "basic", "email", "profile", "roles", "web-origins"],
            client["defaultClientScopes"]!.AsArray().Select(scope => scope!.GetValue<string>()).Order());
    }

    [Fact]
    public async Task An_update_merges_attributes_and_null_removes_one()
    {
        var realm = await server.CreateRealmAsync();
        var token = await server.GetAdminTokenAsync();
        var created = await server.PostAsync($"/admin/realms/{realm}/clients",
            """{"clientId":"c","publicClient":true,"attributes":{"a":"1"}}""", token);
        var path = $"/admin/realms/{realm}/clients/{created.Id}";

        (await server.PutAsync(path, """{"attributes":{"b":"2"},"name":"N"}""", token)).Is(204);
        (await server.PutAsync(path, """{"attributes":{"a":null,"c":"3"}}""", token)).Is(204);

        var client = (await server.GetAsync(path, token)).Json;
        Assert.Equal("N", client["name"]!.GetValue<string>());
        Assert.Equal(["b", "c", "realm_client"],
            client["attributes"]!.AsObject().Select(attribute => attribute.Key).Order());
        (await server.DeleteAsync(path, token)).Is(204);
        var deleted = await server.DeleteAsync(path, token);
        deleted.Is(404, """{"error":"Could not find client"}""");
    }

    [Theory]
    [InlineData("""{"clientId":"account"}""", 409, """{"errorMessage":"Client account already exists"}""")]
    [InlineData("""{"clientId":""}""", 400,
        """{"error":"invalid_input","error_description":"Client ID cannot be blank"}""")]
    [InlineData("""{"clientId":"c","redirectUris":["javascript:alert(1)"]}""", 400,
        """{"error":"invalid_input","error_description":"A redirect URI uses an illegal scheme"}""")]
    [InlineData("""{"clientId":"c","redirectUris":["https://a/#f"]}""", 400,
        """{"error":"invalid_input","error_description":"A redirect URI must not contain an URL fragment"}""")]
    [InlineData("""{"clientId":"c","protocolMappers":[{"nam":"x"}]}""", 400,
        """{"error":"Invalid json representation for ProtocolMapperRepresentation. """
        + """Unrecognized field \"nam\" at line 1 column 44."}""")]
    [InlineData("""{"clientId":"c","x": [1]}""", 400,
        """{"error":"Invalid json representation for ClientRepresentation. """
        + """Unrecognized field \"x\" at line 1 column 23."}""")]
    public async Task An_invalid_client_is_rejected(string body, int status, string expected)
    {
        var realm = await server.CreateRealmAsync();

        var refused = await server.PostAsync($"/admin/realms/{realm}/clients", body, await server.GetAdminTokenAsync());

        refused.Is(status, expected);
    }

    [Fact]
    public async Task Mappers_of_a_client_are_created_and_deleted_individually()
    {
        var realm = await server.CreateRealmAsync();
        var token = await server.GetAdminTokenAsync();
        var client = await server.PostAsync($"/admin/realms/{realm}/clients", """{"clientId":"c"}""", token);
        var path = $"/admin/realms/{realm}/clients/{client.Id}/protocol-mappers/models";
        const string Mapper = """
            {"name":"aud","protocol":"openid-connect","protocolMapper":"oidc-audience-mapper",
             "config":{"included.custom.audience":"control-plane","access.token.claim":"true"}}
            """;

        var created = await server.PostAsync(path, Mapper, token);
        Assert.Equal(201, created.Status);
        var mapper = await server.GetAsync($"{path}/{created.Id}", token);
        Assert.Equal("control-plane", mapper.Json["config"]!["included.custom.audience"]!.GetValue<string>());
        Assert.Equal("true", mapper.Json["config"]!["introspection.token.claim"]!.GetValue<string>());
        var duplicate = await server.PostAsync(path, Mapper, token);
        duplicate.Is(409, """{"errorMessage":"Protocol mapper exists with same name"}""");
        var unknown = await server.PostAsync(path,
            Mapper.Replace("oidc-audience-mapper", "nope", StringComparison.Ordinal), token);
        unknown.Is(404, """{"error":"ProtocolMapper provider not found"}""");
        (await server.DeleteAsync($"{path}/{created.Id}", token)).Is(204);
        (await server.DeleteAsync($"{path}/{created.Id}", token)).Is(404, """{"error":"Model not found"}""");
    }

    [Fact]
    public async Task Every_realm_has_default_clients_and_an_admin_client_in_master()
    {
        var realm = await server.CreateRealmAsync();
        var token = await server.GetAdminTokenAsync();

        var clients = (await server.GetAsync($"/admin/realms/{realm}/clients", token)).Json.AsArray();
        Assert.Equal(
            ["account", "account-console", "admin-cli", "broker", "realm-management", "security-admin-console"],
            clients.Select(client => client!["clientId"]!.GetValue<string>()).Order());
        Assert.Equal(22, await CountRolesAsync(realm, "realm-management", token));
        Assert.Equal(21, await CountRolesAsync("master", realm + "-realm", token));
    }

    private async Task<int> CountRolesAsync(string realm, string clientId, string token)
    {
        JsonNode client = await server.FindSingleAsync($"/admin/realms/{realm}/clients?clientId={clientId}", token);
        var roles = await server.GetAsync($"/admin/realms/{realm}/clients/{client["id"]}/roles", token);
        return roles.Json.AsArray().Count;
    }
}
