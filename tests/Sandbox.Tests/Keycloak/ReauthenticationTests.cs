using Testing;
using static Sandbox.Tests.Keycloak.ApplicationLogin;

namespace Sandbox.Tests.Keycloak;

/// <summary>Logins that ask an authenticated user for the password again.</summary>
public sealed class ReauthenticationTests(KeycloakServer server) : IClassFixture<KeycloakServer>
{
    [Fact]
    public async Task A_login_older_than_max_age_is_repeated_in_the_same_session_and_renews_auth_time()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var browser = new Browser(server);
        var first = await SignInAsync(browser, realm);
        Assert.Equal(AuthTime(first),
            AuthTime(await RedeemAsync(realm, await browser.GetAsync(Authorization(realm, ("max_age", "3600"))))));

        var page = await AssertMore.EventuallyAsync(
            () => browser.GetAsync(Authorization(realm, ("max_age", "0"))), page => page.Status == 200);
        AssertAsksForThePasswordOfAlice(page);
        var second = await RedeemAsync(realm, await browser.SubmitAsync(page, ("password", TestRealms.Password)));

        Assert.True(AuthTime(second) > AuthTime(first));
        Assert.Equal(first.AccessClaims["sid"]!.GetValue<string>(), second.AccessClaims["sid"]!.GetValue<string>());
        var refreshed = await server.RefreshAsync(realm, "app", second.Json["refresh_token"]!.GetValue<string>());
        Assert.Equal(AuthTime(second), AuthTime(refreshed));
    }

    [Fact]
    public async Task A_prompt_for_login_asks_for_the_password_of_the_same_user()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var browser = new Browser(server);
        var first = await SignInAsync(browser, realm);

        var page = await browser.GetAsync(Authorization(realm, ("prompt", "login")));
        AssertAsksForThePasswordOfAlice(page);
        page = await browser.SubmitAsync(page, ("password", "wrong"));
        AssertAsksForThePasswordOfAlice(page);
        Assert.Contains("Invalid username or password.", page.Text, StringComparison.Ordinal);
        // The user is fixed: another name in the form changes nothing.
        var second = await RedeemAsync(
            realm, await browser.SubmitAsync(page, ("username", "temporary"), ("password", TestRealms.Password)));

        Assert.Equal(first.AccessClaims["sid"]!.GetValue<string>(), second.AccessClaims["sid"]!.GetValue<string>());
        Assert.Equal("alice", second.AccessClaims["preferred_username"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("max_age", "-1")]
    [InlineData("prompt", "none login")]
    public async Task A_silent_login_that_needs_the_password_is_refused(string name, string value)
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var browser = new Browser(server);
        await SignInAsync(browser, realm);

        var redirect = await browser.GetAsync(Authorization(realm, ("prompt", "none"), (name, value)));

        Assert.Equal("login_required", redirect.RedirectParameters["error"]);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("1.5")]
    public async Task A_max_age_that_is_no_number_gets_no_redirect(string value)
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);

        var page = await new Browser(server).GetAsync(Authorization(realm, ("max_age", value)));

        Assert.Equal(400, page.Status);
        Assert.Contains("Invalid Request", page.Text, StringComparison.Ordinal);
    }

    private async Task<KeycloakResponse> SignInAsync(Browser browser, string realm) => await RedeemAsync(realm,
        await browser.SignInAsync(await browser.GetAsync(Authorization(realm)), "alice", TestRealms.Password));

    private async Task<KeycloakResponse> RedeemAsync(string realm, KeycloakResponse redirect)
    {
        Assert.Equal(302, redirect.Status);
        return await server.RedeemAsync(realm, redirect.RedirectParameters["code"]);
    }

    private static long AuthTime(KeycloakResponse tokens) => tokens.AccessClaims["auth_time"]!.GetValue<long>();

    private static void AssertAsksForThePasswordOfAlice(KeycloakResponse page)
    {
        Assert.Equal(200, page.Status);
        Assert.Contains("id=\"kc-attempted-username\" value=\"alice\"", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("name=\"username\"", page.Text, StringComparison.Ordinal);
        Assert.Contains("name=\"password\"", page.Text, StringComparison.Ordinal);
    }
}
