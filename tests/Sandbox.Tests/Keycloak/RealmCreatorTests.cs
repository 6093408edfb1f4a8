using System.Text;

namespace Sandbox.Tests.Keycloak;

/// <summary>The rights of the worker's service account: it may create realms, and administers only these.</summary>
public sealed class RealmCreatorTests(KeycloakServer server) : IClassFixture<KeycloakServer>
{
    [Fact]
    public async Task A_realm_creator_sees_only_the_name_of_other_realms()
    {
        await using var creator = await RealmCreator.CreateAsync(server, lightweight: true);
        var other = await server.CreateRealmAsync("""{"realm":"{0}","enabled":true,"attributes":{"tenantId":"1"}}""");
        var token = await creator.GetTokenAsync();

        var list = await server.GetAsync("/admin/realms", token);
        list.Is(403, """{"error":"HTTP 403 Forbidden"}""");
        var read = await server.GetAsync($"/admin/realms/{other}", token);
        read.Is(200, $$"""{"realm":"{{other}}","bruteForceProtected":false,"""
            + "\"supportedLocales\":[],\"organizationsEnabled\":false}");
        (await server.PutAsync($"/admin/realms/{other}", "{}", token)).Is(403);
        (await server.DeleteAsync($"/admin/realms/{other}", token)).Is(403);
        (await server.GetAsync($"/admin/realms/{other}/users", token)).Is(403);
        (await server.GetAsync($"/admin/realms/{other}/clients", token)).Is(403);
        (await server.GetAsync("/admin/realms/nosuch", token)).Is(404);
        (await server.PostAsync("/admin/realms", $$"""{"realm":"{{other}}"}""", token)).Is(409);
    }

    [Fact]
    public async Task The_creator_of_a_realm_administers_it_with_an_older_token()
    {
        await using var creator = await RealmCreator.CreateAsync(server, lightweight: true);
        var token = await creator.GetTokenAsync();
        var realm = KeycloakServer.UniqueName();

        (await server.PostAsync("/admin/realms", $$"""{"realm":"{{realm}}","enabled":true}""", token)).Is(201);

        var listed = await server.GetAsync("/admin/realms?briefRepresentation=true", token);
        Assert.Equal(realm, Assert.Single(listed.Json.AsArray())!["realm"]!.GetValue<string>());
        (await server.PostAsync($"/admin/realms/{realm}/users", """{"username":"bob"}""", token)).Is(201);
        (await server.PutAsync($"/admin/realms/{realm}", """{"enabled":false}""", token)).Is(204);
        (await server.DeleteAsync($"/admin/realms/{realm}", token)).Is(204);
        (await server.DeleteAsync($"/admin/realms/{realm}", token)).Is(404);
        var clients = await server.GetAsync($"/admin/realms/master/clients?clientId={realm}-realm",
            await server.GetAdminTokenAsync());
        Assert.Empty(clients.Json.AsArray());
    }

    [Theory]
    [InlineData(true, 0, 0)]
    [InlineData(false, 500, 600)]
    public async Task Only_an_ordinary_token_grows_with_each_realm(bool lightweight, int min, int max)
    {
        await using var creator = await RealmCreator.CreateAsync(server, lightweight);
        var before = (await creator.GetTokenAsync()).Length;
        var realm = KeycloakServer.UniqueName();
        await server.PostAsync("/admin/realms", $$"""{"realm":"{{realm}}"}""", await creator.GetTokenAsync());

        var after = (await creator.GetTokenAsync()).Length;

        (await server.DeleteAsync($"/admin/realms/{realm}", await creator.GetTokenAsync())).Is(204);
        Assert.InRange(after - before, min, max);
    }

    [Fact]
    public async Task Without_full_scope_the_account_has_no_rights()
    {
        await using var creator = await RealmCreator.CreateAsync(server, lightweight: true, fullScope: false);

        var response = await server.PostAsync(
            "/admin/realms", $$"""{"realm":"{{KeycloakServer.UniqueName()}}"}""", await creator.GetTokenAsync());

        Assert.Equal(403, response.Status);
    }

    [Fact]
    public async Task The_secret_is_accepted_in_the_form_or_form_encoded_in_a_Basic_header()
    {
        await using var creator = await RealmCreator.CreateAsync(server, lightweight: true);

        var request =
            new HttpRequestMessage(HttpMethod.Post, server.Issuer("master") + "/protocol/openid-connect/token")
            {
                Content = new FormUrlEncodedContent([KeyValuePair.Create("grant_type", "client_credentials")]),
            };
        var pair = $"{Uri.EscapeDataString(creator.ClientId)}:{Uri.EscapeDataString(RealmCreator.Secret)}";
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
        var response = await server.SendAsync(request);

        Assert.Equal(200, response.Status);
        Assert.Equal(0, response.Json["refresh_expires_in"]!.GetValue<int>());
        Assert.Null(response.Json["refresh_token"]);
        Assert.Null(response.Json["session_state"]);
        Assert.Equal(["azp", "exp", "iat", "iss", "jti", "scope", "sub", "typ"],
            response.AccessClaims.Select(claim => claim.Key).Order());
        var wrong = await server.ClientCredentialsAsync("master", creator.ClientId, "wrong");
        Assert.Equal((401, "unauthorized_client"), (wrong.Status, wrong.Json["error"]!.GetValue<string>()));
    }
}
