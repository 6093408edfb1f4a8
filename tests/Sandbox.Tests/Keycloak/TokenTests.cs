using System.Text;

namespace Sandbox.Tests.Keycloak;

public sealed class TokenTests(KeycloakServer server) : IClassFixture<KeycloakServer>
{
    [Fact]
    public async Task The_administrator_gets_a_lightweight_token_for_a_minute()
    {
        var answer = await server.PasswordAsync("master", "admin-cli", KeycloakServer.AdminUsername,
            KeycloakServer.AdminPassword);

        Assert.Equal(200, answer.Status);
        Assert.Equal("application/json", answer.ContentType);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        Assert.Equal(60, answer.Json["expires_in"]!.GetValue<int>());
        Assert.Equal(1800, answer.Json["refresh_expires_in"]!.GetValue<int>());
        Assert.Equal("Bearer", answer.Json["token_type"]!.GetValue<string>());
        Assert.Equal(["azp", "exp", "iat", "iss", "jti", "scope", "sid", "typ"],
            answer.AccessClaims.Select(claim => claim.Key).Order());
        Assert.Equal(server.Issuer("master"), answer.AccessClaims["iss"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(400, "invalid_grant", "Invalid user credentials",
        "grant_type=password&client_id=admin-cli&username=admin&password=no")]
    [InlineData(400, "invalid_grant", "Invalid user credentials",
        "grant_type=password&client_id=admin-cli&username=nobody&password=no")]
    [InlineData(401, "invalid_request", "Missing parameter: username",
        "grant_type=password&client_id=admin-cli&password=no")]
    [InlineData(401, "invalid_client", "Invalid client or Invalid client credentials",
        "grant_type=password&client_id=nobody")]
    [InlineData(401, "invalid_client", "Invalid client or Invalid client credentials", "grant_type=password")]
    [InlineData(400, "invalid_request", "Missing form parameter: grant_type", "client_id=admin-cli")]
    [InlineData(400, "unsupported_grant_type", "Unsupported grant_type", "grant_type=magic&client_id=admin-cli")]
    [InlineData(400, "invalid_request", "duplicated parameter",
        "grant_type=password&client_id=admin-cli&client_id=admin-cli")]
    [InlineData(400, "invalid_scope", "Invalid scopes: openid foo",
        "grant_type=password&client_id=admin-cli&username=admin&password=admin&scope=openid+foo")]
    [InlineData(401, "unauthorized_client", "Public client not allowed to retrieve service account",
        "grant_type=client_credentials&client_id=admin-cli")]
    [InlineData(400, "invalid_request", "No refresh token", "grant_type=refresh_token&client_id=admin-cli")]
    [InlineData(400, "invalid_grant", "Invalid refresh token",
        "grant_type=refresh_token&client_id=admin-cli&refresh_token=x")]
    [InlineData(400, "invalid_grant", "Code not valid",
        "grant_type=authorization_code&client_id=admin-cli&code=x&redirect_uri=http://x")]
    [InlineData(400, "invalid_request", "Missing parameter: code", "grant_type=authorization_code&client_id=admin-cli")]
    public async Task A_wrong_request_is_refused_in_the_servers_own_words(
        int status, string error, string description, string form)
    {
        var answer = await server.SendAsync(new HttpRequestMessage(
            HttpMethod.Post, server.Issuer("master") + "/protocol/openid-connect/token")
        {
            Content = new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded"),
        });

        Assert.Equal(status, answer.Status);
        Assert.Equal(error, answer.Json["error"]!.GetValue<string>());
        Assert.Equal(description, answer.Json["error_description"]!.GetValue<string>());
    }

    [Fact]
    public async Task An_unknown_realm_has_no_token_endpoint()
    {
        var answer = await server.ClientCredentialsAsync("nosuch", "x", "y");

        Assert.Equal(404, answer.Status);
        Assert.Equal("Realm does not exist", answer.Json["error"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_refresh_token_draws_new_tokens_until_the_user_is_logged_out()
    {
        var realm = await server.NewRealmAsync(Realms.WithApplication);
        var first = await server.PasswordAsync(realm, "direct", "alice", Realms.Password);
        var refresh = first.Json["refresh_token"]!.GetValue<string>();

        var second = await server.TokenAsync(
            realm, ("grant_type", "refresh_token"), ("client_id", "direct"), ("refresh_token", refresh));
        Assert.Equal(200, second.Status);
        Assert.Equal(first.AccessClaims["sid"]!.GetValue<string>(), second.AccessClaims["sid"]!.GetValue<string>());

        var token = await server.AdminTokenAsync();
        var user = await server.FindAsync($"/admin/realms/{realm}/users?username=alice&exact=true", token);
        Assert.Equal(204,
            (await server.PostAsync($"/admin/realms/{realm}/users/{user["id"]}/logout", "", token)).Status);
        var third = await server.TokenAsync(
            realm, ("grant_type", "refresh_token"), ("client_id", "direct"), ("refresh_token", refresh));
        Assert.Equal("Session not active", third.Json["error_description"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_declared_attributes_of_a_user_are_claims_of_every_token()
    {
        var realm = await server.NewRealmAsync(Realms.WithApplication);

        var answer = await server.PasswordAsync(realm, "direct", "alice", Realms.Password, "openid");

        foreach (var name in (string[])["access_token", "id_token"])
        {
            var claims = Answer.Claims(answer.Json[name]!.GetValue<string>());
            Assert.Equal("t-1", claims["tenantId"]!.GetValue<string>());
            Assert.Equal("admin", claims["role"]!.GetValue<string>());
            Assert.Equal("alice", claims["preferred_username"]!.GetValue<string>());
        }
        Assert.Equal("ID", Answer.Claims(answer.Json["id_token"]!.GetValue<string>())["typ"]!.GetValue<string>());
        Assert.Equal("direct", Answer.Claims(answer.Json["id_token"]!.GetValue<string>())["aud"]!.GetValue<string>());
        Assert.Contains("realm-admin", answer.AccessClaims["resource_access"]!["realm-management"]!["roles"]!.AsArray()
            .Select(role => role!.GetValue<string>()));
        Assert.Equal("realm-management", answer.AccessClaims["aud"]!.GetValue<string>());
    }

    [Fact]
    public async Task An_audience_mapper_adds_its_audience_and_realm_roles_are_told()
    {
        var realm = await server.NewRealmAsync("""
            {"realm":"{0}","enabled":true,"roles":{"realm":[{"name":"operator"}]},
             "clients":[{"clientId":"cli","enabled":true,"publicClient":true,"directAccessGrantsEnabled":true,
               "protocolMappers":[{"name":"audience","protocol":"openid-connect",
                 "protocolMapper":"oidc-audience-mapper",
                 "config":{"included.custom.audience":"control-plane","access.token.claim":"true"}}]}],
             "users":[{"username":"olga","email":"olga@example.com","firstName":"O","lastName":"P","enabled":true,
               "realmRoles":["operator"],"credentials":[{"type":"password","value":"olga-password"}]}]}
            """);

        var claims = (await server.PasswordAsync(realm, "cli", "olga", "olga-password")).AccessClaims;

        Assert.Equal("control-plane", claims["aud"]!.GetValue<string>());
        Assert.Equal("operator", Assert.Single(claims["realm_access"]!["roles"]!.AsArray())!.GetValue<string>());
        Assert.Equal("Bearer", claims["typ"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("temporary", "Account is not fully set up")]
    [InlineData("nameless", "Account is not fully set up")]
    [InlineData("disabled", "Account disabled")]
    public async Task Who_may_not_log_in_yet_gets_no_token(string username, string reason)
    {
        var realm = await server.NewRealmAsync(Realms.WithApplication);

        var answer = await server.PasswordAsync(realm, "direct", username, Realms.Password);

        Assert.Equal(400, answer.Status);
        Assert.Equal(reason, answer.Json["error_description"]!.GetValue<string>());
        var wrong = await server.PasswordAsync(realm, "direct", username, "wrong");
        Assert.Equal("Invalid user credentials", wrong.Json["error_description"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_client_without_direct_grants_takes_no_password()
    {
        var realm = await server.NewRealmAsync(Realms.WithApplication);

        var answer = await server.PasswordAsync(realm, "app", "alice", Realms.Password);

        Assert.Equal(400, answer.Status);
        Assert.Equal("unauthorized_client", answer.Json["error"]!.GetValue<string>());
        Assert.Equal("Client not allowed for direct access grants",
            answer.Json["error_description"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_headers_of_a_request_have_a_limit()
    {
        foreach (var (length, status) in ((int, int)[])[(60_000, 200), (70_000, 431)])
        {
            var request = new HttpRequestMessage(HttpMethod.Get, server.Issuer("master"));
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + new string('a', length));
            Assert.Equal(status, (await server.SendAsync(request)).Status);
        }
    }
}
