using System.Text.RegularExpressions;
using EndToEnd.Tests.Support;
using Microsoft.Playwright;
using Testing.Browser;
using static Microsoft.Playwright.Assertions;

namespace EndToEnd.Tests.Pages;

/// <summary>The two pages that mails link to, used with the keyboard only.</summary>
public sealed class CustomerPagesTests(InstanceFixture fixture, Chromium chromium) : IClassFixture<Chromium>
{
    private const string Password = "a-long-enough-password-7aA";

    [Fact]
    public async Task The_link_of_the_verification_mail_leads_to_a_tenant()
    {
        string key = TenantKeys.New();
        var customer = new Customer(fixture, key);
        string token = await customer.RegisterAsync();

        var page = await chromium.OpenAsync(new Uri(fixture.Instance.Functions, $"/verify#{token}"));
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Confirm my address" })).ToBeFocusedAsync();
        Assert.DoesNotContain(token, page.Url, StringComparison.Ordinal);
        await Chromium.AssertAccessibleAsync(page);
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.GetByLabel("Short name")).ToBeFocusedAsync();
        await Chromium.AssertAccessibleAsync(page);
        await page.FillByKeyboardAsync(key, $"{key}.com");

        await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync(key);
        await Chromium.AssertAccessibleAsync(page);
    }

    [Fact]
    public async Task The_link_of_the_welcome_mail_leads_to_a_password_and_a_login()
    {
        string key = TenantKeys.New();
        var customer = new Customer(fixture, key);
        await customer.SignUpAsync();
        await customer.ProvisionAsync();
        await customer.WaitForActiveAsync();

        var page = await chromium.OpenAsync(await customer.ReadInvitationAsync());
        await Expect(page.GetByLabel("New password")).ToBeFocusedAsync();
        await Chromium.AssertAccessibleAsync(page);
        await page.FillByKeyboardAsync(Password, Password);
        await Expect(page.GetByRole(AriaRole.Status)).ToHaveAttributeAsync("data-kind", "done");
        await Chromium.AssertAccessibleAsync(page);

        // The login as the application's page would start it; the customer's address is answered by a route here.
        await page.RouteAsync($"https://{key}.com/**",
            route => route.FulfillAsync(new() { Body = "<title>the application</title>" }));
        await page.GotoAsync($"{fixture.Instance.Keycloak.AbsoluteUri}realms/tenant-{key}/protocol/openid-connect/auth"
            + $"?client_id={key}-app&response_type=code&scope=openid&redirect_uri=https%3A%2F%2F{key}.com%2F"
            + "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256");
        await Chromium.AssertAccessibleAsync(page);
        await page.FillByKeyboardAsync($"admin@{key}.com", Password);

        await Expect(page).ToHaveURLAsync(new Regex($"^https://{key}\\.com/\\?.*code="));
    }

    [Fact]
    public async Task An_invalid_invitation_link_shows_an_error()
    {
        var page = await chromium.OpenAsync(new Uri(fixture.Instance.Functions, "/invitations#no-such-token"));

        await Expect(page.GetByRole(AriaRole.Status)).ToHaveAttributeAsync("data-kind", "error");
        await Chromium.AssertAccessibleAsync(page);
    }
}
