using System.Text;

namespace Sandbox.Tests.Keycloak;

public sealed class TokenTests(KeycloakServer server) : IClassFixture<KeycloakServer>
{
    [Fact]
    public async Task The_administrator_gets_a_lightweight_token_valid_for_a_minute()
    {
        var response = await server.PasswordAsync("master", "admin-cli", KeycloakServer.AdminUsername,
            KeycloakServer.AdminPassword);

        Assert.Equal(200, response.Status);
        Assert.Equal("application/json", response.ContentType);
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.Equal(60, response.Json["expires_in"]!.GetValue<int>());
        Assert.Equal(1800, response.Json["refresh_expires_in"]!.GetValue<int>());
        Assert.Equal("Bearer", response.Json["token_type"]!.GetValue<string>());
        Assert.Equal(["azp", "exp", "iat", "iss", "jti", "scope", "sid", "typ"],
            response.AccessClaims.Select(claim => claim.Key).Order());
        Assert.Equal(server.Issuer("master"), response.AccessClaims["iss"]!.GetValue<string>());
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
    public async Task An_invalid_request_is_rejected_with_the_real_servers_text(
        int status, string error, string description, string form)
    {
        var response = await server.SendAsync(new HttpRequestMessage(
            HttpMethod.Post, server.Issuer("master") + "/protocol/openid-connect/token")
        {
            Content = new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded"),
        });

        Assert.Equal(status, response.Status);
        Assert.Equal(error, response.Json["error"]!.GetValue<string>());
        Assert.Equal(description, response.Json["error_description"]!.GetValue<string>());
    }

    [Fact]
    public async Task An_unknown_realm_has_no_token_endpoint()
    {
        var response = await server.ClientCredentialsAsync("nosuch", "x", "y");

        Assert.Equal(404, response.Status);
        Assert.Equal("Realm does not exist", response.Json["error"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_refresh_token_gets_new_tokens_until_the_user_is_logged_out()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var first = await server.PasswordAsync(realm, "direct", "alice", TestRealms.Password);
        var refresh = first.Json["refresh_token"]!.GetValue<string>();

        var second = await server.RequestTokenAsync(
            realm, ("grant_type", "refresh_token"), ("client_id", "direct"), ("refresh_token", refresh));
        Assert.Equal(200, second.Status);
        Assert.Equal(first.AccessClaims["sid"]!.GetValue<string>(), second.AccessClaims["sid"]!.GetValue<string>());

        var token = await server.GetAdminTokenAsync();
        var user = await server.FindSingleAsync($"/admin/realms/{realm}/users?username=alice&exact=true", token);
        Assert.Equal(204,
            (await server.PostAsync($"/admin/realms/{realm}/users/{user["id"]}/logout", "", token)).Status);
        var third = await server.RequestTokenAsync(
            realm, ("grant_type", "refresh_token"), ("client_id", "direct"), ("refresh_token", refresh));
        Assert.Equal("Session not active", third.Json["error_description"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_reused_refresh_token_ends_the_clients_session_where_used_ones_are_revoked()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        (await server.PutAsync($"/admin/realms/{realm}", """{"revokeRefreshToken":true,"refreshTokenMaxReuse":0}""",
            await server.GetAdminTokenAsync())).Is(204);
        var first = await server.PasswordAsync(realm, "direct", "alice", TestRealms.Password);
        var second = await RefreshAsync(first);
        Assert.Equal(200, second.Status);

        var reused = await RefreshAsync(first);
        var later = await RefreshAsync(second);

        reused.Is(400,
            """{"error":"invalid_grant","error_description":"Maximum allowed refresh token reuse exceeded"}""");
        later.Is(400, """{"error":"invalid_grant","error_description":"Session doesn't have required client"}""");

        Task<KeycloakResponse> RefreshAsync(KeycloakResponse tokens) => server.RequestTokenAsync(
            realm, ("grant_type", "refresh_token"), ("client_id", "direct"),
            ("refresh_token", tokens.Json["refresh_token"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_token_of_a_client_without_full_scope_has_no_foreign_roles_and_the_fixed_audience_and_claim()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var token = await server.GetAdminTokenAsync();
        var client = await server.FindSingleAsync($"/admin/realms/{realm}/clients?clientId=direct", token);
        (await server.PutAsync($"/admin/realms/{realm}/clients/{client["id"]}", """
            {"fullScopeAllowed":false,"protocolMappers":[
             {"name":"tenantId","protocol":"openid-connect","protocolMapper":"oidc-hardcoded-claim-mapper","config":{
              "claim.name":"tenantId","claim.value":"fixed","jsonType.label":"String","access.token.claim":"true"}},
             {"name":"audience","protocol":"openid-connect","protocolMapper":"oidc-audience-mapper","config":{
              "included.client.audience":"direct","access.token.claim":"true","id.token.claim":"false"}}]}
            """, token)).Is(204);

        var claims = (await server.PasswordAsync(realm, "direct", "alice", TestRealms.Password)).AccessClaims;

        Assert.Equal(("direct", "fixed"), (claims["aud"]!.GetValue<string>(), claims["tenantId"]!.GetValue<string>()));
        Assert.Null(claims["resource_access"]);
        Assert.Null(claims["realm_access"]);
        // The update replaced the mappers of the client.
        Assert.Null(claims["role"]);
    }

    [Fact]
    public async Task The_declared_attributes_of_a_user_are_claims_of_every_token()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);

        var response = await server.PasswordAsync(realm, "direct", "alice", TestRealms.Password, "openid");

        foreach (var name in (string[])["access_token", "id_token"])
        {
            var claims = KeycloakResponse.ReadClaims(response.Json[name]!.GetValue<string>());
            Assert.Equal("t-1", claims["tenantId"]!.GetValue<string>());
            Assert.Equal("admin", claims["role"]!.GetValue<string>());
            Assert.Equal("alice", claims["preferred_username"]!.GetValue<string>());
        }
        var idClaims = KeycloakResponse.ReadClaims(response.Json["id_token"]!.GetValue<string>());
        Assert.Equal("ID", idClaims["typ"]!.GetValue<string>());
        Assert.Equal("direct", idClaims["aud"]!.GetValue<string>());
        var roles = response.AccessClaims["resource_access"]!["realm-management"]!["roles"]!.AsArray();
        Assert.Contains("realm-admin", roles.Select(role => role!.GetValue<string>()));
        Assert.Equal("realm-management", response.AccessClaims["aud"]!.GetValue<string>());
    }

    [Fact]
    public async Task An_audience_mapper_adds_its_audience_and_the_token_contains_realm_roles()
    {
        var realm = await server.CreateRealmAsync("""
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
    public async Task A_user_who_cannot_log_in_gets_no_token(string username, string reason)
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);

        var response = await server.PasswordAsync(realm, "direct", username, TestRealms.Password);

        Assert.Equal(400, response.Status);
        Assert.Equal(reason, response.Json["error_description"]!.GetValue<string>());
        var wrong = await server.PasswordAsync(realm, "direct", username, "wrong");
        Assert.Equal("Invalid user credentials", wrong.Json["error_description"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_client_without_direct_access_grants_rejects_passwords()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);

        var response = await server.PasswordAsync(realm, "app", "alice", TestRealms.Password);

        Assert.Equal(400, response.Status);
        Assert.Equal("unauthorized_client", response.Json["error"]!.GetValue<string>());
        Assert.Equal("Client not allowed for direct access grants",
            response.Json["error_description"]!.GetValue<string>());
    }

    [Fact]
    public async Task Request_headers_have_a_size_limit()
    {
        foreach (var (length, status) in ((int, int)[])[(60_000, 200), (70_000, 431)])
        {
            var request = new HttpRequestMessage(HttpMethod.Get, server.Issuer("master"));
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + new string('a', length));
            Assert.Equal(status, (await server.SendAsync(request)).Status);
        }
    }
}
