using Microsoft.Playwright;
using Testing.Browser;

namespace Api.Tests.Pages;

public sealed class VerifyPageTests(ApiFixture fixture, Chromium chromium) : IClassFixture<Chromium>
{
    private readonly ApiApplication app = fixture.Application;

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task An_address_is_confirmed_and_a_workspace_ordered_by_keyboard_only(ColorScheme colors)
    {
        var lead = await app.Data.CreateLeadAsync();
        string key = TestData.NewKey();
        var page = await OpenAsync($"#{lead.Token}", colors);
        await page.GetByRole(AriaRole.Button, new() { Name = "Confirm my address" }).WaitForAsync();
        Assert.DoesNotContain(lead.Token, page.Url, StringComparison.Ordinal);
        await Chromium.AssertAccessibleAsync(page);

        await page.FillByKeyboardAsync();
        await WaitForMessageAsync(page, "Your address is confirmed.");
        await HasHeadingAsync(page, "Order your workspace");
        await Chromium.AssertAccessibleAsync(page);
        // The domain is filled in from the address.
        await page.FillByKeyboardAsync("9lives");
        await WaitForMessageAsync(page, "A short name has 2 to 10 characters");
        await Chromium.AssertAccessibleAsync(page);
        // The focus has returned to the invalid field, and a name is not refused for its capitals.
        await page.FillByKeyboardAsync(key.ToUpperInvariant());

        await WaitForMessageAsync(page, $"Your workspace {key} is ordered.");
        await HasHeadingAsync(page, "Your workspace is ordered");
        await page.GetByText("Your order has arrived.").WaitForAsync();
        await Chromium.AssertAccessibleAsync(page);
        Assert.Equal(1L, await fixture.Postgres.ReadAsync<long>("SELECT count(*) FROM tenants WHERE key = $1", key));
    }

    [Fact]
    public async Task An_outdated_link_offers_a_new_one()
    {
        var lead = await app.Data.CreateLeadAsync();
        await app.PostAsync($"/leads/{lead.Id}/resend");
        var page = await OpenAsync($"#{lead.Token}");
        await page.GetByRole(AriaRole.Button).First.WaitForAsync();

        await page.Keyboard.PressAsync("Enter");
        await WaitForMessageAsync(page, "This link is not valid, or a newer one was sent since.");
        await Chromium.AssertAccessibleAsync(page);
        await page.Keyboard.PressAsync("Enter");

        await WaitForMessageAsync(page, "A new link is on its way to you.");
        await HasHeadingAsync(page, "Look into your mailbox");
    }

    [Fact]
    public async Task An_expired_link_shows_a_message()
    {
        await using var isolated = fixture.StartApplication();
        var lead = await isolated.Data.CreateLeadAsync();
        isolated.Time.Advance(TimeSpan.FromMinutes(30));
        var page = await chromium.OpenAsync(new Uri(await isolated.AddressAsync(), $"/verify#{lead.Token}"));

        await page.GetByRole(AriaRole.Button, new() { Name = "Confirm my address" }).PressAsync("Enter");

        await WaitForMessageAsync(page, "This link has expired.");
    }

    [Theory]
    [InlineData("")]
    [InlineData("#nonsense")]
    [InlineData("#%")]
    public async Task An_incomplete_link_shows_a_message(string fragment)
    {
        var page = await OpenAsync(fragment);

        await WaitForMessageAsync(page, "This link is not complete.");
        await HasHeadingAsync(page, "Paste the code of your mail");
        await Chromium.AssertAccessibleAsync(page);
    }

    // A mail gateway cut off the part of the link behind the #.
    [Fact]
    public async Task The_code_of_the_mail_or_its_link_can_be_pasted()
    {
        var lead = await app.Data.CreateLeadAsync();
        var page = await OpenAsync("");
        await page.FillByKeyboardAsync(lead.Token[..20]);
        await WaitForMessageAsync(page, "This is not a whole code.");

        await page.GetByLabel("Code of the mail").FillAsync(
            $"  https://control.example.com/verify#{lead.Token[..30]} {lead.Token[30..]} ");
        await page.Keyboard.PressAsync("Enter");

        await WaitForMessageAsync(page, "Your address is confirmed.");
        Assert.DoesNotContain(lead.Token, page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reload_loses_nothing()
    {
        var lead = await app.Data.CreateLeadAsync();
        var page = await OpenAsync($"#{lead.Token}");
        await page.FillByKeyboardAsync();
        await WaitForMessageAsync(page, "Your address is confirmed.");

        await page.ReloadAsync();

        await HasHeadingAsync(page, "Order your workspace");
        Assert.Equal(lead.Domain, await page.GetByLabel("Your domain").InputValueAsync());
    }

    [Fact]
    public async Task A_refusal_is_in_the_words_of_the_page_and_marks_its_field()
    {
        var other = await app.Data.CreateTenantAsync();
        var lead = await app.Data.CreateLeadAsync();
        var page = await OpenAsync($"#{lead.Token}");
        await page.FillByKeyboardAsync();
        await WaitForMessageAsync(page, "Your address is confirmed.");

        foreach (var (field, value, expected) in ((string, string, string)[])
        [
            ("key", "www", "The short name www is reserved."),
            ("key", other.Key, $"The short name {other.Key} is taken."),
            ("domain", "other.example", "This is not the domain of your mail address"),
            ("name", "<b>", "neither < nor >"),
        ])
        {
            await page.Locator("#key").FillAsync(TestData.NewKey());
            await page.Locator("#domain").FillAsync(lead.Domain);
            await page.Locator($"#{field}").FillAsync(value);
            await page.Keyboard.PressAsync("Enter");

            await WaitForMessageAsync(page, expected);
            Assert.Equal(field, await page.Locator("[aria-invalid]:focus").GetAttributeAsync("id"));
        }
    }

    [Fact]
    public async Task A_connection_failure_is_shown_and_the_person_can_try_again()
    {
        var lead = await app.Data.CreateLeadAsync();
        var page = await OpenAsync($"#{lead.Token}");
        var button = page.GetByRole(AriaRole.Button, new() { Name = "Confirm my address" });
        await button.WaitForAsync();
        await page.Context.SetOfflineAsync(true);

        await button.PressAsync("Enter");
        await WaitForMessageAsync(page, "Nobody answered.");
        await page.Context.SetOfflineAsync(false);
        await button.PressAsync("Enter");

        await WaitForMessageAsync(page, "Your address is confirmed.");
    }

    // The answers of a gateway whose backend is unavailable.
    [Theory]
    [InlineData(502, "")]
    [InlineData(504, "<html><body>Gateway Time-out</body></html>")]
    public async Task An_error_from_a_proxy_is_shown_and_the_person_can_try_again(int status, string body)
    {
        var lead = await app.Data.CreateLeadAsync();
        string key = TestData.NewKey();
        var page = await OpenAsync($"#{lead.Token}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Confirm my address" }).WaitForAsync();

        foreach (var (step, success) in ((string, string)[])
        [
            ("verify", "Your address is confirmed."),
            ("tenants", $"Your workspace {key} is ordered."),
        ])
        {
            await page.RouteAsync($"**/leads/*/{step}",
                route => route.FulfillAsync(new() { Status = status, ContentType = "text/html", Body = body }));
            await page.FillByKeyboardAsync(step == "verify" ? [] : [key, lead.Domain]);
            await WaitForMessageAsync(page, "Something on the way to us is out of order.");
            await page.UnrouteAllAsync();
            await page.Keyboard.PressAsync("Enter");
            await WaitForMessageAsync(page, success);
        }
    }

    [Fact]
    public async Task An_error_from_a_proxy_on_resend_is_shown()
    {
        var lead = await app.Data.CreateLeadAsync();
        await app.PostAsync($"/leads/{lead.Id}/resend");
        var page = await OpenAsync($"#{lead.Token}");
        await page.FillByKeyboardAsync();
        await WaitForMessageAsync(page, "This link is not valid");
        await page.RouteAsync("**/leads/*/resend", route => route.FulfillAsync(new() { Status = 502 }));

        await page.FillByKeyboardAsync();

        await WaitForMessageAsync(page, "Something on the way to us is out of order.");
        await Chromium.AssertAccessibleAsync(page);
    }

    internal static Task WaitForMessageAsync(IPage page, string text) =>
        page.GetByRole(AriaRole.Status).Filter(new() { HasText = text }).WaitForAsync();

    internal static Task HasHeadingAsync(IPage page, string text) =>
        page.GetByRole(AriaRole.Heading, new() { Name = text, Level = 1, Exact = true }).WaitForAsync();

    private async Task<IPage> OpenAsync(string fragment, ColorScheme colors = ColorScheme.Light) =>
        await chromium.OpenAsync(new Uri(await app.AddressAsync(), "/verify" + fragment), colors);
}
