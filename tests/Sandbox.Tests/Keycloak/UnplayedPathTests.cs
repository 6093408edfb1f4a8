using Testing;

namespace Sandbox.Tests.Keycloak;

/// <summary>
/// Calls that the stand-in does not play: it answers 501, never a 404, 405 or 200 that the real server does not give.
/// </summary>
public sealed class UnplayedPathTests(KeycloakServer server) : IClassFixture<KeycloakServer>
{
    [Theory]
    [InlineData("GET", "/admin/serverinfo", 200)]
    [InlineData("GET", "/admin/realms/master/groups", 200)]
    [InlineData("GET", "/admin/realms/master/clients-initial-access", 200)]
    [InlineData("GET", "/admin/realms/master/users/profile/metadata", 200)]
    [InlineData("PUT", "/admin/realms/master/events/config", 204)]
    [InlineData("HEAD", "/admin/realms/master", 200)]
    [InlineData("PATCH", "/admin/realms/master", 405)]
    [InlineData("GET", "/admin/realms/master/clients?q=a:b", 400)]
    [InlineData("GET", "/admin/realms/master/clients?viewableOnly=true", 200)]
    [InlineData("GET", "/admin/realms/master/users?createdAfter=2100-01-01", 200)]
    [InlineData("GET", "/admin/realms/master/roles?first=1&max=1", 200)]
    [InlineData("GET", "/realms/master/.well-known/uma2-configuration", 200)]
    [InlineData("GET", "/realms/master/.well-known/oauth-authorization-server", 200)]
    [InlineData("GET", "/realms/master/protocol/openid-connect/login-status-iframe.html", 200)]
    [InlineData("GET", "/realms/master/account/", 200)]
    [InlineData("GET", "/realms/master/protocol/saml", 400)]
    [InlineData("GET", "/realms/master/protocol/openid-connect/token", 405)]
    [InlineData("POST", "/realms/master/protocol/openid-connect/ext/par/request", 401)]
    public async Task An_unplayed_call_is_answered_with_501(string method, string path, int real)
    {
        var token = await server.GetAdminTokenAsync();

        var response = await server.SendAsync(new(method), path, method == "PUT" ? "{}" : null, token);

        response.Is(ContractServers.Keycloak is null ? 501 : real);
    }

    [Theory]
    [InlineData("urn:ietf:params:oauth:grant-type:token-exchange", "invalid_request")]
    [InlineData("urn:ietf:params:oauth:grant-type:device_code", "invalid_grant")]
    [InlineData("urn:openid:params:grant-type:ciba", "invalid_grant")]
    [InlineData("urn:ietf:params:oauth:grant-type:uma-ticket", "unauthorized_client")]
    [InlineData("urn:ietf:params:oauth:grant-type:jwt-bearer", "invalid_grant")]
    public async Task An_unplayed_grant_is_answered_with_501(string grant, string real)
    {
        var response = await server.RequestTokenAsync("master", ("grant_type", grant), ("client_id", "admin-cli"));

        if (ContractServers.Keycloak is null)
            response.Is(501);
        else
            Assert.Equal(real, response.Json["error"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("request", "x", 400)]
    [InlineData("request_uri", "https://app.example/request", 400)]
    [InlineData("claims", "{}", 200)]
    [InlineData("acr_values", "2", 200)]
    [InlineData("kc_action", "UPDATE_PASSWORD", 200)]
    [InlineData("prompt", "create", 400)]
    public async Task An_unplayed_parameter_of_a_login_is_answered_with_501(string name, string value, int real)
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);

        var page = await new Browser(server).GetAsync(
            ApplicationLogin.Authorization(realm, (name, value)));

        page.Is(ContractServers.Keycloak is null ? 501 : real);
    }

    [Theory]
    [InlineData("client_assertion", "x")]
    [InlineData("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")]
    public async Task An_unplayed_client_authentication_is_answered_with_501(string name, string value)
    {
        var response = await server.RequestTokenAsync(
            "master", ("grant_type", "client_credentials"), ("client_id", "admin-cli"), (name, value));

        response.Is(ContractServers.Keycloak is null ? 501 : 401);
    }

    [Fact]
    public async Task The_answer_is_a_problem_that_names_the_call()
    {
        Assert.SkipWhen(ContractServers.Keycloak is not null, "The real server plays the call.");

        var response = await server.GetAsync("/admin/realms/master/groups?max=1", await server.GetAdminTokenAsync());

        Assert.Equal((501, "application/problem+json"), (response.Status, response.ContentType));
        Assert.Equal(501, response.Json["status"]!.GetValue<int>());
        Assert.Equal("Not Implemented", response.Json["title"]!.GetValue<string>());
        Assert.Contains("GET /admin/realms/master/groups",
            response.Json["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }
}
