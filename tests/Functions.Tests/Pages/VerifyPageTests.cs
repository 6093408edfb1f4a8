using Microsoft.Playwright;
using Testing.Browser;

namespace Functions.Tests.Pages;

public sealed class VerifyPageTests(World world, Chromium chromium) : IClassFixture<Chromium>
{
    private readonly FunctionsApplication app = world.Application;

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task By_keyboard_alone_an_address_is_confirmed_and_a_workspace_ordered(ColorScheme colors)
    {
        var lead = await app.Given.LeadAsync();
        string key = Given.Key();
        var page = await OpenAsync($"#{lead.Token}", colors);
        await page.GetByRole(AriaRole.Button, new() { Name = "Confirm my address" }).WaitForAsync();
        Assert.DoesNotContain(lead.Token, page.Url, StringComparison.Ordinal);
        await Chromium.AssertAccessibleAsync(page);

        await page.FillByKeyboardAsync();
        await SaysAsync(page, "Your address is confirmed.");
        await Chromium.AssertAccessibleAsync(page);
        await page.FillByKeyboardAsync(key.ToUpperInvariant(), lead.Domain);
        await SaysAsync(page, "A key is 2 to 10 characters");
        await Chromium.AssertAccessibleAsync(page);
        // The focus is back on the field at fault.
        await page.FillByKeyboardAsync(key);

        await SaysAsync(page, $"Your workspace {key} is ordered.");
        await Chromium.AssertAccessibleAsync(page);
        Assert.Equal(1L, await world.Postgres.ReadAsync<long>("SELECT count(*) FROM tenants WHERE key = $1", key));
    }

    [Fact]
    public async Task With_an_old_link_a_person_gets_a_new_one()
    {
        var lead = await app.Given.LeadAsync();
        await app.PostAsync($"/leads/{lead.Id}/resend");
        var page = await OpenAsync($"#{lead.Token}");
        await page.GetByRole(AriaRole.Button).First.WaitForAsync();

        await page.Keyboard.PressAsync("Enter");
        await SaysAsync(page, "This link is not valid, or a newer one was sent since.");
        await Chromium.AssertAccessibleAsync(page);
        await page.Keyboard.PressAsync("Enter");

        await SaysAsync(page, "A new link is on its way to you.");
    }

    [Fact]
    public async Task An_expired_link_says_so()
    {
        await using var own = world.Start();
        var lead = await own.Given.LeadAsync();
        own.Time.Advance(TimeSpan.FromMinutes(30));
        var page = await chromium.OpenAsync(new Uri(own.Address, $"/verify#{lead.Token}"));

        await page.GetByRole(AriaRole.Button, new() { Name = "Confirm my address" }).PressAsync("Enter");

        await SaysAsync(page, "This link has expired.");
    }

    [Theory]
    [InlineData("")]
    [InlineData("#nonsense")]
    [InlineData("#%")]
    public async Task A_link_that_is_not_complete_says_so(string fragment)
    {
        var page = await OpenAsync(fragment);

        await SaysAsync(page, "This link is not complete.");
        await Chromium.AssertAccessibleAsync(page);
    }

    [Fact]
    public async Task When_nobody_answers_nothing_is_lost()
    {
        var lead = await app.Given.LeadAsync();
        var page = await OpenAsync($"#{lead.Token}");
        var button = page.GetByRole(AriaRole.Button, new() { Name = "Confirm my address" });
        await button.WaitForAsync();
        await page.Context.SetOfflineAsync(true);

        await button.PressAsync("Enter");
        await SaysAsync(page, "Nobody answered.");
        await page.Context.SetOfflineAsync(false);
        await button.PressAsync("Enter");

        await SaysAsync(page, "Your address is confirmed.");
    }

    // What a gateway says while the process behind it is away.
    [Theory]
    [InlineData(502, "")]
    [InlineData(504, "<html><body>Gateway Time-out</body></html>")]
    public async Task An_answer_of_a_proxy_is_said_and_the_person_can_try_again(int status, string body)
    {
        var lead = await app.Given.LeadAsync();
        string key = Given.Key();
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
            await SaysAsync(page, "Something on the way to us is out of order.");
            await page.UnrouteAllAsync();
            await page.Keyboard.PressAsync("Enter");
            await SaysAsync(page, success);
        }
    }

    [Fact]
    public async Task An_answer_of_a_proxy_to_asking_for_a_new_link_is_said()
    {
        var lead = await app.Given.LeadAsync();
        await app.PostAsync($"/leads/{lead.Id}/resend");
        var page = await OpenAsync($"#{lead.Token}");
        await page.FillByKeyboardAsync();
        await SaysAsync(page, "This link is not valid");
        await page.RouteAsync("**/leads/*/resend", route => route.FulfillAsync(new() { Status = 502 }));

        await page.FillByKeyboardAsync();

        await SaysAsync(page, "Something on the way to us is out of order.");
        await Chromium.AssertAccessibleAsync(page);
    }

    internal static Task SaysAsync(IPage page, string text) =>
        page.GetByRole(AriaRole.Status).Filter(new() { HasText = text }).WaitForAsync();

    private Task<IPage> OpenAsync(string fragment, ColorScheme colors = ColorScheme.Light) =>
        chromium.OpenAsync(new Uri(app.Address, "/verify" + fragment), colors);
}
