using static Sandbox.Tests.Keycloak.ApplicationLogin;

namespace Sandbox.Tests.Keycloak;

/// <summary>The authorization code flow with PKCE, through the login page.</summary>
public sealed class LoginTests(KeycloakServer server) : IClassFixture<KeycloakServer>
{
    [Fact]
    public async Task The_tenants_administrator_logs_in_and_the_token_contains_tenant_and_role()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var browser = new Browser(server);
        var page = await browser.GetAsync(Authorization(realm));
        Assert.Equal((200, "text/html; charset=utf-8"), (page.Status, page.ContentType));

        var redirect = await browser.SignInAsync(page, "alice", TestRealms.Password);

        Assert.Equal(302, redirect.Status);
        Assert.StartsWith(TestRealms.RedirectUri + "?", redirect.Location, StringComparison.Ordinal);
        Assert.Equal(["code", "iss", "session_state", "state"], redirect.RedirectParameters.Keys.Order());
        Assert.Equal("s-1", redirect.RedirectParameters["state"]);
        Assert.Equal(server.Issuer(realm), redirect.RedirectParameters["iss"]);
        var tokens = await server.RedeemAsync(realm, redirect.RedirectParameters["code"]);
        Assert.Equal(200, tokens.Status);
        Assert.Equal(("t-1", "admin"),
            (tokens.AccessClaims["tenantId"]!.GetValue<string>(), tokens.AccessClaims["role"]!.GetValue<string>()));
        var idClaims = KeycloakResponse.ReadClaims(tokens.Json["id_token"]!.GetValue<string>());
        Assert.Equal("n-1", idClaims["nonce"]!.GetValue<string>());
        Assert.NotNull(tokens.AccessClaims["auth_time"]);
        (await server.PutAsync($"/admin/realms/{realm}", """{"displayName":"Mine"}""", tokens.AccessToken)).Is(204);
        var info = await server.GetAsync($"/realms/{realm}/protocol/openid-connect/userinfo", tokens.AccessToken);
        Assert.Equal("t-1", info.Json["tenantId"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_code_works_once_and_a_second_use_revokes_the_tokens_of_the_first()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var code = (await LoginAsync(realm, "alice")).RedirectParameters["code"];
        var first = await server.RedeemAsync(realm, code);

        var second = await server.RedeemAsync(realm, code);

        second.Is(400, """{"error":"invalid_grant","error_description":"Code not valid"}""");
        var info = await server.GetAsync($"/realms/{realm}/protocol/openid-connect/userinfo", first.AccessToken);
        Assert.Equal(401, info.Status);
        Assert.Equal($"Bearer realm=\"{realm}\", error=\"invalid_token\", error_description=\"user_session_not_found\"",
            info.Headers.WwwAuthenticate.ToString());
        var refreshed = await server.RequestTokenAsync(realm, ("grant_type", "refresh_token"), ("client_id", "app"),
            ("refresh_token", first.Json["refresh_token"]!.GetValue<string>()));
        Assert.Equal("Session doesn't have required client", refreshed.Json["error_description"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("code_verifier", "another-verifier-that-is-long-enough-for-the-standard",
        "PKCE verification failed: Code mismatch")]
    [InlineData("code_verifier", "short", "PKCE verification failed: Invalid code verifier")]
    [InlineData("code_verifier", "", "PKCE code verifier not specified")]
    [InlineData("redirect_uri", "https://app.example/other", "Incorrect redirect_uri")]
    [InlineData("client_id", "direct", "Auth error: Found different client_id in clientSession")]
    public async Task A_code_is_useless_to_others_and_a_failed_attempt_consumes_it(
        string field, string value, string reason)
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var code = (await LoginAsync(realm, "alice")).RedirectParameters["code"];

        var refused = await server.RedeemAsync(realm, code, (field, value));

        Assert.Equal(400, refused.Status);
        Assert.Equal(("invalid_grant", reason),
            (refused.Json["error"]!.GetValue<string>(), refused.Json["error_description"]!.GetValue<string>()));
        Assert.Equal(
            "Code not valid", (await server.RedeemAsync(realm, code)).Json["error_description"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("code_challenge", "", "invalid_request", "Missing parameter: code_challenge")]
    [InlineData("code_challenge_method", "", "invalid_request", "Missing parameter: code_challenge_method")]
    [InlineData("code_challenge_method", "plain", "invalid_request",
        "Invalid parameter: code challenge method is not matching the configured one")]
    [InlineData("code_challenge", "short", "invalid_request", "Invalid parameter: code_challenge")]
    [InlineData("response_type", "", "invalid_request", "Missing parameter: response_type")]
    [InlineData("response_type", "x", "unsupported_response_type", null)]
    [InlineData("scope", "openid foo", "invalid_scope", "Invalid scopes: openid foo")]
    [InlineData("prompt", "none", "login_required", null)]
    public async Task An_invalid_request_is_reported_to_the_application(
        string field, string value, string error, string? description)
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);

        var redirect = await new Browser(server).GetAsync(Authorization(realm, (field, value)));

        Assert.Equal(302, redirect.Status);
        Assert.StartsWith(TestRealms.RedirectUri + "?", redirect.Location, StringComparison.Ordinal);
        Assert.Equal((error, description, "s-1"), (redirect.RedirectParameters["error"],
            redirect.RedirectParameters.GetValueOrDefault("error_description"), redirect.RedirectParameters["state"]));
    }

    [Theory]
    [InlineData("client_id", "nobody", 400, "Client not found.")]
    [InlineData("client_id", "", 400, "Invalid Request")]
    [InlineData("client_id", "broker", 403, "Bearer-only applications are not allowed to initiate browser login")]
    [InlineData("redirect_uri", "", 400, "Invalid parameter: redirect_uri")]
    [InlineData("redirect_uri", "https://evil.example/", 400, "Invalid parameter: redirect_uri")]
    [InlineData("redirect_uri", "https://app.example.evil.example/", 400, "Invalid parameter: redirect_uri")]
    [InlineData("redirect_uri", "https://app.example@evil.example/", 400, "Invalid parameter: redirect_uri")]
    [InlineData("redirect_uri", "https://app.example/../x", 400, "Invalid parameter: redirect_uri")]
    [InlineData("redirect_uri", "https://app.example/%2e%2e/x", 400, "Invalid parameter: redirect_uri")]
    [InlineData("redirect_uri", "https://app.example\\@evil.example/", 400, "Invalid parameter: redirect_uri")]
    [InlineData("redirect_uri", "http://app.example/", 400, "Invalid parameter: redirect_uri")]
    public async Task An_untrusted_client_or_redirect_URI_gets_no_redirect(
        string field, string value, int status, string message)
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);

        var page = await new Browser(server).GetAsync(Authorization(realm, (field, value)));

        Assert.Equal(status, page.Status);
        Assert.Contains(message, page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_shows_the_page_again_and_does_not_reveal_which_users_exist()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var browser = new Browser(server);
        var page = await browser.GetAsync(Authorization(realm));

        foreach (var username in (string[])["alice", "nobody", "disabled", ""])
        {
            page = await browser.SignInAsync(page, username, "wrong");
            Assert.Equal(200, page.Status);
            Assert.Contains("Invalid username or password.", page.Text, StringComparison.Ordinal);
            Assert.Contains($"name=\"username\" value=\"{username}\"", page.Text, StringComparison.Ordinal);
        }
        page = await browser.SignInAsync(page, "disabled", TestRealms.Password);
        Assert.Contains("Account is disabled, contact your administrator.", page.Text, StringComparison.Ordinal);
        Assert.Equal(302, (await browser.SignInAsync(page, "alice@app.example", TestRealms.Password)).Status);
    }

    [Fact]
    public async Task A_temporary_password_is_changed_before_the_login_continues()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var browser = new Browser(server);
        var page = await browser.SignInAsync(await browser.GetAsync(Authorization(realm)), "temporary",
            TestRealms.Password);
        Assert.Contains("kc-passwd-update-form", page.Text, StringComparison.Ordinal);

        page = await browser.SubmitAsync(page, ("password-new", "one-password"), ("password-confirm", "two-password"));
        Assert.Contains("Passwords don&#39;t match.", page.Text, StringComparison.Ordinal);
        page = await browser.SubmitAsync(page, ("password-new", "short"), ("password-confirm", "short"));
        Assert.Contains("Invalid password: minimum length 12.", page.Text, StringComparison.Ordinal);
        page = await browser.SubmitAsync(page, ("password-new", ""), ("password-confirm", ""));
        Assert.Contains("Please specify password.", page.Text, StringComparison.Ordinal);
        var redirect = await browser.SubmitAsync(page, ("password-new", "brand-new-password"),
            ("password-confirm", "brand-new-password"));

        Assert.Equal(200, (await server.RedeemAsync(realm, redirect.RedirectParameters["code"])).Status);
        (await server.PasswordAsync(realm, "direct", "temporary", "brand-new-password")).Is(200);
    }

    [Fact]
    public async Task An_incomplete_profile_is_completed_before_the_login_continues()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var browser = new Browser(server);
        var page = await browser.GetAsync(Authorization(realm));
        page = await browser.SignInAsync(page, "nameless", TestRealms.Password);
        Assert.Contains("kc-update-profile-form", page.Text, StringComparison.Ordinal);

        page = await browser.SubmitAsync(page, ("email", "n@app.example"), ("firstName", ""), ("lastName", "N"));
        Assert.Contains("Please specify this field.", page.Text, StringComparison.Ordinal);
        var redirect = await browser.SubmitAsync(
            page, ("email", "n@app.example"), ("firstName", "N"), ("lastName", "N"));

        Assert.Equal(200, (await server.RedeemAsync(realm, redirect.RedirectParameters["code"])).Status);
    }

    [Fact]
    public async Task Completing_a_profile_keeps_the_changes_an_administrator_made_in_the_meantime()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var token = await server.GetAdminTokenAsync();
        var user = await server.FindSingleAsync($"/admin/realms/{realm}/users?username=nameless&exact=true", token);
        var path = $"/admin/realms/{realm}/users/{user["id"]}";
        var browser = new Browser(server);
        var page = await browser.GetAsync(Authorization(realm));
        page = await browser.SignInAsync(page, "nameless", TestRealms.Password);

        await browser.SubmitAsync(page,
            async () => (await server.PutAsync(path, """{"attributes":{"tenantId":["t-9"]}}""", token)).Is(204),
            ("email", "n@app.example"), ("firstName", "N"), ("lastName", "N"));

        var known = (await server.GetAsync(path, token)).Json;
        Assert.Equal("N", known["firstName"]!.GetValue<string>());
        Assert.Equal("t-9", known["attributes"]!["tenantId"]![0]!.GetValue<string>());
    }

    [Fact]
    public async Task A_login_lasts_until_the_logout()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var browser = new Browser(server);
        var page = await browser.GetAsync(Authorization(realm));
        var redirect = await browser.SignInAsync(page, "alice", TestRealms.Password);
        var tokens = await server.RedeemAsync(realm, redirect.RedirectParameters["code"]);

        var silent = await browser.GetAsync(Authorization(realm, ("prompt", "none")));
        Assert.Contains("code", silent.RedirectParameters.Keys);
        Assert.Equal(200, (await browser.GetAsync(Authorization(realm, ("prompt", "login")))).Status);
        var logout = $"/realms/{realm}/protocol/openid-connect/logout"
            + $"?id_token_hint={tokens.Json["id_token"]}&post_logout_redirect_uri=";
        Assert.Equal(400, (await browser.GetAsync(logout + "https://evil.example/")).Status);
        Assert.Equal("https://app.example/bye", (await browser.GetAsync(logout + "https://app.example/bye")).Location);

        Assert.Equal("login_required",
            (await browser.GetAsync(Authorization(realm, ("prompt", "none")))).RedirectParameters["error"]);
        var refreshed = await server.RequestTokenAsync(realm, ("grant_type", "refresh_token"), ("client_id", "app"),
            ("refresh_token", tokens.Json["refresh_token"]!.GetValue<string>()));
        Assert.Equal("Session not active", refreshed.Json["error_description"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_form_from_another_browser_is_rejected()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var page = await new Browser(server).GetAsync(Authorization(realm));

        var response = await new Browser(server).SignInAsync(page, "alice", TestRealms.Password);

        Assert.Equal(400, response.Status);
        Assert.Contains("cookie not found", response.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_applications_origin_may_read_tokens()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var code = (await LoginAsync(realm, "alice")).RedirectParameters["code"];

        var refused = await server.RedeemFromAsync("https://evil.example", realm, code);
        refused.Is(403, """{"error":"Invalid origin"}""");
        var secondCode = (await LoginAsync(realm, "alice")).RedirectParameters["code"];
        var allowed = await server.RedeemFromAsync("https://app.example", realm, secondCode);
        Assert.Equal("https://app.example", Assert.Single(allowed.Headers.GetValues("Access-Control-Allow-Origin")));
    }

    private async Task<KeycloakResponse> LoginAsync(string realm, string username)
    {
        var browser = new Browser(server);
        return await browser.SignInAsync(await browser.GetAsync(Authorization(realm)), username, TestRealms.Password);
    }
}
