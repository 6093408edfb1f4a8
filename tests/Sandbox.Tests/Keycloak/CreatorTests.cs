using System.Text;

namespace Sandbox.Tests.Keycloak;

/// <summary>
/// The worker's service account: it may create realms and nothing else, and rules what it has created.
/// </summary>
public sealed class CreatorTests(KeycloakServer server) : IClassFixture<KeycloakServer>
{
    [Fact]
    public async Task Who_may_create_realms_sees_no_other_realm_but_its_name()
    {
        await using var creator = await Creator.MakeAsync(server, lightweight: true);
        var other = await server.NewRealmAsync("""{"realm":"{0}","enabled":true,"attributes":{"tenantId":"1"}}""");
        var token = await creator.TokenAsync();

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
    public async Task Who_creates_a_realm_rules_it_with_the_token_from_before()
    {
        await using var creator = await Creator.MakeAsync(server, lightweight: true);
        var token = await creator.TokenAsync();
        var realm = KeycloakServer.UniqueName();

        (await server.PostAsync("/admin/realms", $$"""{"realm":"{{realm}}","enabled":true}""", token)).Is(201);

        var listed = await server.GetAsync("/admin/realms?briefRepresentation=true", token);
        Assert.Equal(realm, Assert.Single(listed.Json.AsArray())!["realm"]!.GetValue<string>());
        (await server.PostAsync($"/admin/realms/{realm}/users", """{"username":"bob"}""", token)).Is(201);
        (await server.PutAsync($"/admin/realms/{realm}", """{"enabled":false}""", token)).Is(204);
        (await server.DeleteAsync($"/admin/realms/{realm}", token)).Is(204);
        (await server.DeleteAsync($"/admin/realms/{realm}", token)).Is(404);
        var clients = await server.GetAsync($"/admin/realms/master/clients?clientId={realm}-realm",
            await server.AdminTokenAsync());
        Assert.Empty(clients.Json.AsArray());
    }

    [Theory]
    [InlineData(true, 0, 0)]
    [InlineData(false, 500, 600)]
    public async Task Only_an_ordinary_token_grows_with_each_realm(bool lightweight, int atLeast, int atMost)
    {
        await using var creator = await Creator.MakeAsync(server, lightweight);
        var before = (await creator.TokenAsync()).Length;
        var realm = KeycloakServer.UniqueName();
        await server.PostAsync("/admin/realms", $$"""{"realm":"{{realm}}"}""", await creator.TokenAsync());

        var after = (await creator.TokenAsync()).Length;

        (await server.DeleteAsync($"/admin/realms/{realm}", await creator.TokenAsync())).Is(204);
        Assert.InRange(after - before, atLeast, atMost);
    }

    [Fact]
    public async Task Without_full_scope_the_account_may_do_nothing()
    {
        await using var creator = await Creator.MakeAsync(server, lightweight: true, fullScope: false);

        var answer = await server.PostAsync(
            "/admin/realms", $$"""{"realm":"{{KeycloakServer.UniqueName()}}"}""", await creator.TokenAsync());

        Assert.Equal(403, answer.Status);
    }

    [Fact]
    public async Task The_secret_comes_in_the_form_or_form_encoded_in_a_Basic_header()
    {
        await using var creator = await Creator.MakeAsync(server, lightweight: true);

        var request =
            new HttpRequestMessage(HttpMethod.Post, server.Issuer("master") + "/protocol/openid-connect/token")
            {
                Content = new FormUrlEncodedContent([KeyValuePair.Create("grant_type", "client_credentials")]),
            };
        var pair = $"{Uri.EscapeDataString(creator.ClientId)}:{Uri.EscapeDataString(Creator.Secret)}";
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
        var answer = await server.SendAsync(request);

        Assert.Equal(200, answer.Status);
        Assert.Equal(0, answer.Json["refresh_expires_in"]!.GetValue<int>());
        Assert.Null(answer.Json["refresh_token"]);
        Assert.Null(answer.Json["session_state"]);
        Assert.Equal(["azp", "exp", "iat", "iss", "jti", "scope", "sub", "typ"],
            answer.AccessClaims.Select(claim => claim.Key).Order());
        var wrong = await server.ClientCredentialsAsync("master", creator.ClientId, "wrong");
        Assert.Equal((401, "unauthorized_client"), (wrong.Status, wrong.Json["error"]!.GetValue<string>()));
    }
}
