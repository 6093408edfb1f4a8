using System.Text.Json.Nodes;
using Testing;
using static Sandbox.Tests.Keycloak.ApplicationLogin;

namespace Sandbox.Tests.Keycloak;

public sealed class OfflineTokenTests(KeycloakServer server) : IClassFixture<KeycloakServer>
{
    private const string Scope = "openid offline_access";
    private const string NotFound =
        """{"error":"invalid_grant","error_description":"Offline user session not found"}""";

    [Fact]
    public async Task An_offline_token_has_its_own_type_and_no_end()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApi);

        var tokens = await TakeAsync(realm);

        var claims = KeycloakResponse.ReadClaims(Refresh(tokens));
        Assert.Equal("Offline", claims["typ"]!.GetValue<string>());
        Assert.Null(claims["exp"]);
        Assert.Equal(0, tokens.Json["refresh_expires_in"]!.GetValue<int>());
        Assert.Equal(["email", "offline_access", "openid", "profile"],
            tokens.Json["scope"]!.GetValue<string>().Split(' ').Order(StringComparer.Ordinal));
        Assert.StartsWith("ofrtro:", tokens.AccessClaims["jti"]!.GetValue<string>(), StringComparison.Ordinal);
        var refreshed = await server.RefreshAsync(realm, "app", Refresh(tokens));
        refreshed.Is(200);
        (await server.UserInfoAsync(realm, refreshed.AccessToken)).Is(200);
    }

    [Fact]
    public async Task A_user_without_the_role_gets_no_offline_token()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);

        (await server.PasswordAsync(realm, "direct", "alice", TestRealms.Password, Scope)).Is(400,
            """{"error":"not_allowed","error_description":"Offline tokens not allowed for the user or client"}""");
    }

    [Fact]
    public async Task Offline_tokens_survive_the_logout_of_the_browser()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var token = await server.GetAdminTokenAsync();
        var (user, _) = await FindAsync(realm, "app", token);
        var role = (await server.GetAsync($"/admin/realms/{realm}/roles/offline_access", token)).Text;
        (await server.GrantRolesAsync(
            $"/admin/realms/{realm}/users/{user}/role-mappings/realm", $"[{role}]", token)).Is(204);
        var browser = new Browser(server);
        var page = await browser.GetAsync(Authorization(realm, ("scope", Scope)));
        var redirect = await browser.SignInAsync(page, "alice", TestRealms.Password);
        var tokens = await server.RedeemAsync(realm, redirect.RedirectParameters["code"]);
        Assert.Equal("Offline", KeycloakResponse.ReadClaims(Refresh(tokens))["typ"]!.GetValue<string>());

        var bye = await browser.GetAsync($"/realms/{realm}/protocol/openid-connect/logout"
            + $"?id_token_hint={tokens.Json["id_token"]}&post_logout_redirect_uri=https://app.example/bye");

        Assert.Equal("https://app.example/bye", bye.Location);
        Assert.Equal("login_required",
            (await browser.GetAsync(Authorization(realm, ("prompt", "none")))).RedirectParameters["error"]);
        (await server.RefreshAsync(realm, "app", Refresh(tokens))).Is(200);
        (await server.UserInfoAsync(realm, tokens.AccessToken)).Is(200);
    }

    [Fact]
    public async Task Offline_sessions_are_listed_and_an_administrator_revokes_them()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApi);
        var tokens = await TakeAsync(realm);
        var token = await server.GetAdminTokenAsync();
        var (user, client) = await FindAsync(realm, "app", token);
        var path = $"/admin/realms/{realm}";

        var listed = await server.FindSingleAsync($"{path}/users/{user}/offline-sessions/{client}", token);

        Assert.Equal((tokens.AccessClaims["sid"]!.GetValue<string>(), "alice", user, "app"),
            (listed["id"]!.GetValue<string>(), listed["username"]!.GetValue<string>(),
                listed["userId"]!.GetValue<string>(), listed["clients"]![client]!.GetValue<string>()));
        (await server.GetAsync($"{path}/clients/{client}/offline-session-count", token)).Is(200, """{"count":1}""");
        (await server.DeleteAsync($"{path}/users/{user}/consents/app", token)).Is(204);
        (await server.RefreshAsync(realm, "app", Refresh(tokens))).Is(400, NotFound);
        (await server.GetAsync($"{path}/clients/{client}/offline-session-count", token)).Is(200, """{"count":0}""");
        (await server.DeleteAsync($"{path}/users/{user}/consents/app", token)).Is(404);
    }

    [Theory]
    [InlineData("revoke", 200)]
    [InlineData("logout", 204)]
    public async Task Its_client_ends_an_offline_session(string path, int status)
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApi);
        var tokens = await TakeAsync(realm);

        (await server.PostFormAsync(realm, path, "app",
            (path == "revoke" ? "token" : "refresh_token", Refresh(tokens)))).Is(status);

        (await server.RefreshAsync(realm, "app", Refresh(tokens))).Is(400, NotFound);
        (await server.UserInfoAsync(realm, tokens.AccessToken)).Is(401);
    }

    [Fact]
    public async Task An_administrators_logout_of_the_user_makes_older_offline_tokens_stale()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApi);
        var tokens = await TakeAsync(realm);
        var token = await server.GetAdminTokenAsync();
        var (user, _) = await FindAsync(realm, "app", token);

        // Tokens of the same second stay valid, so the logout is repeated.
        var refused = await AssertMore.EventuallyAsync(async () =>
        {
            (await server.PostAsync($"/admin/realms/{realm}/users/{user}/logout", "", token)).Is(204);
            return await server.RefreshAsync(realm, "app", Refresh(tokens));
        }, response => response.Status != 200);

        refused.Is(400, """{"error":"invalid_grant","error_description":"Stale token"}""");
    }

    private Task<KeycloakResponse> TakeAsync(string realm) =>
        server.PasswordAsync(realm, "app", "alice", TestRealms.Password, Scope);

    private static string Refresh(KeycloakResponse tokens) =>
        tokens.Json["refresh_token"]?.GetValue<string>() ?? throw new InvalidOperationException(tokens.Text);

    private async Task<(string User, string Client)> FindAsync(string realm, string client, string token)
    {
        JsonNode user = await server.FindSingleAsync($"/admin/realms/{realm}/users?username=alice&exact=true", token);
        var found = await server.FindSingleAsync($"/admin/realms/{realm}/clients?clientId={client}", token);
        return (user["id"]!.GetValue<string>(), found["id"]!.GetValue<string>());
    }
}
