namespace Sandbox.Tests.Keycloak;

/// <summary>What ends a token before its time, and what does not.</summary>
public sealed class BearerTests(KeycloakServer server) : IClassFixture<KeycloakServer>
{
    [Fact]
    public async Task A_token_stops_with_its_user_or_its_client()
    {
        var realm = await server.NewRealmAsync(Realms.WithApplication);
        var admin = await server.AdminTokenAsync();
        var token = (await server.PasswordAsync(realm, "direct", "alice", Realms.Password, "openid")).AccessToken;
        var user = (await server.FindAsync($"/admin/realms/{realm}/users?username=alice&exact=true", admin))["id"];
        var client = (await server.FindAsync($"/admin/realms/{realm}/clients?clientId=direct", admin))["id"];

        await EndsAsync($"/admin/realms/{realm}/clients/{client}", "Client disabled");
        await EndsAsync($"/admin/realms/{realm}/users/{user}", "User disabled");
        (await server.PutAsync($"/admin/realms/{realm}/users/{user}/reset-password",
            """{"type":"password","value":"another-password"}""", admin)).Is(204);
        (await server.GetAsync($"/admin/realms/{realm}", token)).Is(200);
        await server.DeleteAsync($"/admin/realms/{realm}/users/{user}", admin);
        (await server.GetAsync($"/admin/realms/{realm}", token)).Is(401);

        async Task EndsAsync(string path, string reason)
        {
            (await server.PutAsync(path, """{"enabled":false}""", admin)).Is(204);
            (await server.GetAsync($"/admin/realms/{realm}", token)).Is(401);
            var info = await server.GetAsync($"/realms/{realm}/protocol/openid-connect/userinfo", token);
            Assert.Contains(reason, info.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
            (await server.PutAsync(path, """{"enabled":true}""", admin)).Is(204);
            (await server.GetAsync($"/admin/realms/{realm}", token)).Is(200);
        }
    }

    [Fact]
    public async Task Only_an_access_token_opens_the_admin_API()
    {
        var realm = await server.NewRealmAsync(Realms.WithApplication);
        var tokens = await server.PasswordAsync(realm, "direct", "alice", Realms.Password, "openid");

        (await server.GetAsync($"/admin/realms/{realm}", tokens.AccessToken)).Is(200);
        foreach (var name in (string[])["id_token", "refresh_token"])
            Assert.Equal(401,
                (await server.GetAsync($"/admin/realms/{realm}", tokens.Json[name]!.GetValue<string>())).Status);
    }

    [Theory]
    [InlineData("", 401, "Bearer realm=\"{0}\"")]
    [InlineData("profile", 403,
        "Bearer realm=\"{0}\", error=\"insufficient_scope\", error_description=\"Missing openid scope\"")]
    public async Task Userinfo_is_for_tokens_of_an_OpenID_login(string scope, int status, string challenge)
    {
        var realm = await server.NewRealmAsync(Realms.WithApplication);
        var token = scope.Length > 0
            ? (await server.PasswordAsync(realm, "direct", "alice", Realms.Password, scope)).AccessToken : null;

        var answer = await server.GetAsync($"/realms/{realm}/protocol/openid-connect/userinfo", token);

        Assert.Equal((status, challenge.Replace("{0}", realm, StringComparison.Ordinal)),
            (answer.Status, answer.Headers.WwwAuthenticate.ToString()));
    }
}
