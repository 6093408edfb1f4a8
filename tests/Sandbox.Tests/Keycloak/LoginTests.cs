using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Sandbox.Tests.Keycloak;

/// <summary>Authorization code with PKCE, through the login page, as any client would do it.</summary>
public sealed class LoginTests(KeycloakServer server) : IClassFixture<KeycloakServer>
{
    private const string Verifier = "a-verifier-that-is-long-enough-for-the-standard-43";

    private static readonly string Challenge =
        Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    [Fact]
    public async Task The_tenants_administrator_logs_in_and_the_token_says_which_tenant_and_role()
    {
        var realm = await server.NewRealmAsync(Realms.WithApplication);
        var browser = new Browser(server);
        var page = await browser.GetAsync(Authorization(realm));
        Assert.Equal((200, "text/html; charset=utf-8"), (page.Status, page.ContentType));

        var back = await browser.SignInAsync(page, "alice", Realms.Password);

        Assert.Equal(302, back.Status);
        Assert.StartsWith(Realms.Redirect + "?", back.Location, StringComparison.Ordinal);
        Assert.Equal(["code", "iss", "session_state", "state"], back.Redirected.Keys.Order());
        Assert.Equal(("s-1", server.Issuer(realm)), (back.Redirected["state"], back.Redirected["iss"]));
        var tokens = await RedeemAsync(realm, back.Redirected["code"]);
        Assert.Equal(200, tokens.Status);
        Assert.Equal(("t-1", "admin"),
            (tokens.AccessClaims["tenantId"]!.GetValue<string>(), tokens.AccessClaims["role"]!.GetValue<string>()));
        Assert.Equal("n-1", Answer.Claims(tokens.Json["id_token"]!.GetValue<string>())["nonce"]!.GetValue<string>());
        Assert.NotNull(tokens.AccessClaims["auth_time"]);
        (await server.PutAsync($"/admin/realms/{realm}", """{"displayName":"Mine"}""", tokens.AccessToken)).Is(204);
        var info = await server.GetAsync($"/realms/{realm}/protocol/openid-connect/userinfo", tokens.AccessToken);
        Assert.Equal("t-1", info.Json["tenantId"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_code_works_once_and_a_second_time_ends_what_the_first_one_got()
    {
        var realm = await server.NewRealmAsync(Realms.WithApplication);
        var code = (await LoginAsync(realm, "alice")).Redirected["code"];
        var first = await RedeemAsync(realm, code);

        var second = await RedeemAsync(realm, code);

        second.Is(400, """{"error":"invalid_grant","error_description":"Code not valid"}""");
        var info = await server.GetAsync($"/realms/{realm}/protocol/openid-connect/userinfo", first.AccessToken);
        Assert.Equal(401, info.Status);
        Assert.Equal($"Bearer realm=\"{realm}\", error=\"invalid_token\", error_description=\"user_session_not_found\"",
            info.Headers.WwwAuthenticate.ToString());
        var refreshed = await server.TokenAsync(realm, ("grant_type", "refresh_token"), ("client_id", "app"),
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
    public async Task A_code_is_worth_nothing_to_others_and_is_used_up_by_trying(
        string field, string value, string reason)
    {
        var realm = await server.NewRealmAsync(Realms.WithApplication);
        var code = (await LoginAsync(realm, "alice")).Redirected["code"];

        var refused = await RedeemAsync(realm, code, (field, value));

        Assert.Equal(400, refused.Status);
        Assert.Equal(("invalid_grant", reason),
            (refused.Json["error"]!.GetValue<string>(), refused.Json["error_description"]!.GetValue<string>()));
        Assert.Equal("Code not valid", (await RedeemAsync(realm, code)).Json["error_description"]!.GetValue<string>());
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
    public async Task A_wrong_request_goes_back_to_the_application(
        string field, string value, string error, string? description)
    {
        var realm = await server.NewRealmAsync(Realms.WithApplication);

        var back = await new Browser(server).GetAsync(Authorization(realm, (field, value)));

        Assert.Equal(302, back.Status);
        Assert.StartsWith(Realms.Redirect + "?", back.Location, StringComparison.Ordinal);
        Assert.Equal((error, description, "s-1"), (back.Redirected["error"],
            back.Redirected.GetValueOrDefault("error_description"), back.Redirected["state"]));
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
    public async Task Whoever_cannot_be_trusted_with_an_answer_gets_none(
        string field, string value, int status, string message)
    {
        var realm = await server.NewRealmAsync(Realms.WithApplication);

        var page = await new Browser(server).GetAsync(Authorization(realm, (field, value)));

        Assert.Equal(status, page.Status);
        Assert.Contains(message, page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_shows_the_page_again_and_tells_nobody_who_exists()
    {
        var realm = await server.NewRealmAsync(Realms.WithApplication);
        var browser = new Browser(server);
        var page = await browser.GetAsync(Authorization(realm));

        foreach (var username in (string[])["alice", "nobody", "disabled", ""])
        {
            page = await browser.SignInAsync(page, username, "wrong");
            Assert.Equal(200, page.Status);
            Assert.Contains("Invalid username or password.", page.Text, StringComparison.Ordinal);
            Assert.Contains($"name=\"username\" value=\"{username}\"", page.Text, StringComparison.Ordinal);
        }
        page = await browser.SignInAsync(page, "disabled", Realms.Password);
        Assert.Contains("Account is disabled, contact your administrator.", page.Text, StringComparison.Ordinal);
        Assert.Equal(302, (await browser.SignInAsync(page, "alice@app.example", Realms.Password)).Status);
    }

    [Fact]
    public async Task A_temporary_password_is_changed_before_the_login_goes_on()
    {
        var realm = await server.NewRealmAsync(Realms.WithApplication);
        var browser = new Browser(server);
        var page = await browser.SignInAsync(await browser.GetAsync(Authorization(realm)), "temporary",
            Realms.Password);
        Assert.Contains("kc-passwd-update-form", page.Text, StringComparison.Ordinal);

        page = await browser.SubmitAsync(page, ("password-new", "one-password"), ("password-confirm", "two-password"));
        Assert.Contains("Passwords don&#39;t match.", page.Text, StringComparison.Ordinal);
        page = await browser.SubmitAsync(page, ("password-new", "short"), ("password-confirm", "short"));
        Assert.Contains("Invalid password: minimum length 12.", page.Text, StringComparison.Ordinal);
        page = await browser.SubmitAsync(page, ("password-new", ""), ("password-confirm", ""));
        Assert.Contains("Please specify password.", page.Text, StringComparison.Ordinal);
        var back = await browser.SubmitAsync(page, ("password-new", "brand-new-password"),
            ("password-confirm", "brand-new-password"));

        Assert.Equal(200, (await RedeemAsync(realm, back.Redirected["code"])).Status);
        (await server.PasswordAsync(realm, "direct", "temporary", "brand-new-password")).Is(200);
    }

    [Fact]
    public async Task An_incomplete_profile_is_completed_before_the_login_goes_on()
    {
        var realm = await server.NewRealmAsync(Realms.WithApplication);
        var browser = new Browser(server);
        var page = await browser.SignInAsync(await browser.GetAsync(Authorization(realm)), "nameless", Realms.Password);
        Assert.Contains("kc-update-profile-form", page.Text, StringComparison.Ordinal);

        page = await browser.SubmitAsync(page, ("email", "n@app.example"), ("firstName", ""), ("lastName", "N"));
        Assert.Contains("Please specify this field.", page.Text, StringComparison.Ordinal);
        var back = await browser.SubmitAsync(page, ("email", "n@app.example"), ("firstName", "N"), ("lastName", "N"));

        Assert.Equal(200, (await RedeemAsync(realm, back.Redirected["code"])).Status);
    }

    [Fact]
    public async Task A_profile_that_is_completed_takes_back_nothing_that_an_administrator_changed_meanwhile()
    {
        var realm = await server.NewRealmAsync(Realms.WithApplication);
        var token = await server.AdminTokenAsync();
        var user = await server.FindAsync($"/admin/realms/{realm}/users?username=nameless&exact=true", token);
        var path = $"/admin/realms/{realm}/users/{user["id"]}";
        var browser = new Browser(server);
        var page = await browser.SignInAsync(await browser.GetAsync(Authorization(realm)), "nameless", Realms.Password);

        await browser.SubmitAsync(page,
            async () => (await server.PutAsync(path, """{"attributes":{"tenantId":["t-9"]}}""", token)).Is(204),
            ("email", "n@app.example"), ("firstName", "N"), ("lastName", "N"));

        var known = (await server.GetAsync(path, token)).Json;
        Assert.Equal("N", known["firstName"]!.GetValue<string>());
        Assert.Equal("t-9", known["attributes"]!["tenantId"]![0]!.GetValue<string>());
    }

    [Fact]
    public async Task Who_is_logged_in_is_not_asked_again_until_they_log_out()
    {
        var realm = await server.NewRealmAsync(Realms.WithApplication);
        var browser = new Browser(server);
        var back = await browser.SignInAsync(await browser.GetAsync(Authorization(realm)), "alice", Realms.Password);
        var tokens = await RedeemAsync(realm, back.Redirected["code"]);

        Assert.Contains("code", (await browser.GetAsync(Authorization(realm, ("prompt", "none")))).Redirected.Keys);
        Assert.Equal(200, (await browser.GetAsync(Authorization(realm, ("prompt", "login")))).Status);
        var logout = $"/realms/{realm}/protocol/openid-connect/logout"
            + $"?id_token_hint={tokens.Json["id_token"]}&post_logout_redirect_uri=";
        Assert.Equal(400, (await browser.GetAsync(logout + "https://evil.example/")).Status);
        Assert.Equal("https://app.example/bye", (await browser.GetAsync(logout + "https://app.example/bye")).Location);

        Assert.Equal("login_required",
            (await browser.GetAsync(Authorization(realm, ("prompt", "none")))).Redirected["error"]);
        var refreshed = await server.TokenAsync(realm, ("grant_type", "refresh_token"), ("client_id", "app"),
            ("refresh_token", tokens.Json["refresh_token"]!.GetValue<string>()));
        Assert.Equal("Session not active", refreshed.Json["error_description"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_form_of_another_browser_logs_nobody_in()
    {
        var realm = await server.NewRealmAsync(Realms.WithApplication);
        var page = await new Browser(server).GetAsync(Authorization(realm));

        var answer = await new Browser(server).SignInAsync(page, "alice", Realms.Password);

        Assert.Equal(400, answer.Status);
        Assert.Contains("cookie not found", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_pages_of_the_applications_origin_may_read_tokens()
    {
        var realm = await server.NewRealmAsync(Realms.WithApplication);
        var code = (await LoginAsync(realm, "alice")).Redirected["code"];

        var refused = await RedeemFromAsync("https://evil.example", realm, code);
        refused.Is(403, """{"error":"Invalid origin"}""");
        var code2 = (await LoginAsync(realm, "alice")).Redirected["code"];
        var allowed = await RedeemFromAsync("https://app.example", realm, code2);
        Assert.Equal("https://app.example", Assert.Single(allowed.Headers.GetValues("Access-Control-Allow-Origin")));
    }

    private async Task<Answer> LoginAsync(string realm, string username)
    {
        var browser = new Browser(server);
        return await browser.SignInAsync(await browser.GetAsync(Authorization(realm)), username, Realms.Password);
    }

    /// <summary>
    /// The authorization request of the application, with one field changed; an empty value leaves it out.
    /// </summary>
    private static string Authorization(string realm, params (string Name, string Value)[] changes) =>
        $"/realms/{realm}/protocol/openid-connect/auth?" + Encoded(changes, ("client_id", "app"),
            ("response_type", "code"),
            ("scope", "openid"), ("redirect_uri", Realms.Redirect), ("state", "s-1"), ("nonce", "n-1"),
            ("code_challenge", Challenge), ("code_challenge_method", "S256"));

    private Task<Answer> RedeemAsync(string realm, string code, params (string Name, string Value)[] changes) =>
        RedeemFromAsync(null, realm, code, changes);

    private Task<Answer> RedeemFromAsync(
        string? origin, string realm, string code, params (string Name, string Value)[] changes)
    {
        var form = Encoded(changes, ("grant_type", "authorization_code"), ("client_id", "app"), ("code", code),
            ("redirect_uri", Realms.Redirect), ("code_verifier", Verifier));
        var request = new HttpRequestMessage(HttpMethod.Post, server.Issuer(realm) + "/protocol/openid-connect/token")
        {
            Content = new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded"),
        };
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        return server.SendAsync(request);
    }

    private static string Encoded((string Name, string Value)[] changes, params (string Name, string Value)[] fields)
    {
        var all = fields.ToDictionary(field => field.Name, field => field.Value);
        foreach (var (name, value) in changes)
            all[name] = value;
        return string.Join('&', all.Where(field => field.Value.Length > 0)
            .Select(field => $"{field.Key}={Uri.EscapeDataString(field.Value)}"));
    }
}
