namespace Sandbox.Tests.Keycloak;

/// <summary>The validity of bearer tokens before their expiry.</summary>
public sealed class BearerTokenTests(KeycloakServer server) : IClassFixture<KeycloakServer>
{
    [Fact]
    public async Task A_token_becomes_invalid_with_its_user_or_its_client()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var admin = await server.GetAdminTokenAsync();
        var token = (await server.PasswordAsync(realm, "direct", "alice", TestRealms.Password, "openid")).AccessToken;
        var path = $"/admin/realms/{realm}";
        var user = (await server.FindSingleAsync($"{path}/users?username=alice&exact=true", admin))["id"];
        var client = (await server.FindSingleAsync($"{path}/clients?clientId=direct", admin))["id"];

        await AssertDisablingRejectsAsync($"{path}/clients/{client}", "Client disabled");
        await AssertDisablingRejectsAsync($"{path}/users/{user}", "User disabled");
        (await server.PutAsync($"/admin/realms/{realm}/users/{user}/reset-password",
            """{"type":"password","value":"another-password"}""", admin)).Is(204);
        (await server.GetAsync($"/admin/realms/{realm}", token)).Is(200);
        await server.DeleteAsync($"/admin/realms/{realm}/users/{user}", admin);
        (await server.GetAsync($"/admin/realms/{realm}", token)).Is(401);

        async Task AssertDisablingRejectsAsync(string objectPath, string reason)
        {
            (await server.PutAsync(objectPath, """{"enabled":false}""", admin)).Is(204);
            (await server.GetAsync($"/admin/realms/{realm}", token)).Is(401);
            var info = await server.GetAsync($"/realms/{realm}/protocol/openid-connect/userinfo", token);
            Assert.Contains(reason, info.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
            (await server.PutAsync(objectPath, """{"enabled":true}""", admin)).Is(204);
            (await server.GetAsync($"/admin/realms/{realm}", token)).Is(200);
        }
    }

    [Fact]
    public async Task The_admin_API_accepts_only_access_tokens()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var tokens = await server.PasswordAsync(realm, "direct", "alice", TestRealms.Password, "openid");

        (await server.GetAsync($"/admin/realms/{realm}", tokens.AccessToken)).Is(200);
        foreach (var name in (string[])["id_token", "refresh_token"])
            Assert.Equal(401,
                (await server.GetAsync($"/admin/realms/{realm}", tokens.Json[name]!.GetValue<string>())).Status);
    }

    [Theory]
    [InlineData("", 401, "Bearer realm=\"{0}\"")]
    [InlineData("profile", 403,
        "Bearer realm=\"{0}\", error=\"insufficient_scope\", error_description=\"Missing openid scope\"")]
    public async Task Userinfo_requires_a_token_with_the_openid_scope(string scope, int status, string challenge)
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var token = scope.Length > 0
            ? (await server.PasswordAsync(realm, "direct", "alice", TestRealms.Password, scope)).AccessToken : null;

        var response = await server.GetAsync($"/realms/{realm}/protocol/openid-connect/userinfo", token);

        Assert.Equal((status, challenge.Replace("{0}", realm, StringComparison.Ordinal)),
            (response.Status, response.Headers.WwwAuthenticate.ToString()));
    }
}
