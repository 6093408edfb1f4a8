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
        await Chromium.AssertAccessibleAsync(page);
        await page.FillByKeyboardAsync(key.ToUpperInvariant(), lead.Domain);
        await WaitForMessageAsync(page, "A key is 2 to 10 characters");
        await Chromium.AssertAccessibleAsync(page);
        // The focus has returned to the invalid field.
        await page.FillByKeyboardAsync(key);

        await WaitForMessageAsync(page, $"Your workspace {key} is ordered.");
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
        await Chromium.AssertAccessibleAsync(page);
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

    private async Task<IPage> OpenAsync(string fragment, ColorScheme colors = ColorScheme.Light) =>
        await chromium.OpenAsync(new Uri(await app.AddressAsync(), "/verify" + fragment), colors);
}
