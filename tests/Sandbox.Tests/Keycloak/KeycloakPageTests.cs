using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.Playwright;
using Testing;
using Testing.Browser;

namespace Sandbox.Tests.Keycloak;

/// <summary>The pages of the stand-in in a real browser: keyboard use and accessibility.</summary>
public sealed class KeycloakPageTests(SandboxFixture sandbox, Chromium chromium)
    : IClassFixture<Chromium>, IAsyncDisposable
{
    private readonly KeycloakServer server = new(sandbox.Sandbox.Keycloak!);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task A_person_logs_in_with_the_keyboard_alone()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var page = await OpenLoginAsync(realm);

        await page.FillByKeyboardAsync("alice", "wrong");
        await page.GetByRole(AriaRole.Alert).WaitForAsync();
        Assert.Equal("Invalid username or password.", await page.GetByRole(AriaRole.Alert).InnerTextAsync());
        await page.TypeByKeyboardAsync("alice", TestRealms.Password);

        await AssertRedirectedAsync(page);
    }

    [Fact]
    public async Task A_person_chooses_a_new_password_with_the_keyboard_alone()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var page = await OpenLoginAsync(realm);

        await page.FillByKeyboardAsync("temporary", TestRealms.Password);
        await page.GetByLabel("New Password").WaitForAsync();
        await page.TypeByKeyboardAsync("brand-new-password", "brand-new-password");

        await AssertRedirectedAsync(page);
    }

    [Fact]
    public async Task A_person_finds_the_tenants_realm_client_and_administrator()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var page = await chromium.OpenAsync(server.Address);
        await page.FillByKeyboardAsync(KeycloakServer.AdminUsername, KeycloakServer.AdminPassword);

        var link = page.GetByRole(AriaRole.Link, new() { Name = realm, Exact = true });
        await link.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Realm " + realm }).WaitForAsync();

        var client = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "https://app.example/*" });
        Assert.Contains("S256", await client.InnerTextAsync(), StringComparison.Ordinal);
        var user = await page.GetByRole(AriaRole.Row).Filter(new() { HasText = "alice@app.example" }).InnerTextAsync();
        foreach (var shown in (string[])["alice", "realm-admin", "tenantId: t-1", "role: admin"])
            Assert.Contains(shown, user, StringComparison.Ordinal);

        await page.GetByRole(AriaRole.Link, new() { Name = "Sign out" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Button, new() { Name = "Logout" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Heading, new() { Name = "You are logged out" }).WaitForAsync();
        await page.GotoAsync(server.Address.ToString());
        await page.GetByLabel("Username or email").WaitForAsync();
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Every_page_of_a_login_is_accessible(ColorScheme scheme)
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var page = await OpenLoginAsync(realm, scheme);
        await Chromium.AssertAccessibleAsync(page);

        await SignInAsync(page, "alice", "wrong");
        await Chromium.AssertAccessibleAsync(page);
        await SignInAsync(page, "temporary", TestRealms.Password);
        await Chromium.AssertAccessibleAsync(page);
        await page.GetByRole(AriaRole.Button).ClickAsync();
        await page.GetByText("Please specify password.").WaitForAsync();
        await Chromium.AssertAccessibleAsync(page);

        page = await OpenLoginAsync(realm, scheme);
        await SignInAsync(page, "nameless", TestRealms.Password);
        await page.GetByRole(AriaRole.Button).ClickAsync();
        await page.GetByText("Please specify this field.").First.WaitForAsync();
        await Chromium.AssertAccessibleAsync(page);

        await page.GotoAsync($"{server.Issuer(realm)}/protocol/openid-connect/logout");
        await Chromium.AssertAccessibleAsync(page);
        await page.GotoAsync($"{server.Issuer(realm)}/protocol/openid-connect/auth");
        await Chromium.AssertAccessibleAsync(page);
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task The_console_pages_are_accessible(ColorScheme scheme)
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var page = await chromium.OpenAsync(server.Address, scheme);
        await SignInAsync(page, KeycloakServer.AdminUsername, KeycloakServer.AdminPassword);
        await page.GetByRole(AriaRole.Table).WaitForAsync();
        await Chromium.AssertAccessibleAsync(page);

        await page.GotoAsync(new Uri(server.Address, $"/admin/master/console/realms/{realm}").ToString());
        await Chromium.AssertAccessibleAsync(page);
        await page.GotoAsync(new Uri(server.Address, "/admin/master/console/realms/nosuch").ToString());
        await Chromium.AssertAccessibleAsync(page);
    }

    /// <summary>Presses Enter and expects a redirect with a code to the application, which does not exist.</summary>
    private static async Task AssertRedirectedAsync(IPage page)
    {
        var request = await page.RunAndWaitForRequestAsync(
            () => page.Keyboard.PressAsync("Enter"), sent =>
                sent.Url.StartsWith(TestRealms.RedirectUri, StringComparison.Ordinal));
        Assert.Contains("&code=", request.Url, StringComparison.Ordinal);
    }

    private static async Task SignInAsync(IPage page, string username, string password)
    {
        await page.FillAsync("#username", username);
        await page.FillAsync("#password", password);
        await page.ClickAsync("#kc-login");
    }

    private async Task<IPage> OpenLoginAsync(string realm, ColorScheme scheme = ColorScheme.Light)
    {
        var challenge = Base64Url.EncodeToString(SHA256.HashData("a-verifier"u8));
        return await chromium.OpenAsync(new Uri(
            $"{server.Issuer(realm)}/protocol/openid-connect/auth?client_id=app&response_type=code&scope=openid"
            + $"&redirect_uri={Uri.EscapeDataString(TestRealms.RedirectUri)}"
            + $"&code_challenge={challenge}&code_challenge_method=S256"), scheme);
    }
}
