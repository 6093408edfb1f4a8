using Api.Tests.Invitations;
using Microsoft.Playwright;
using Testing.Browser;

namespace Api.Tests.Pages;

[Collection(FakeWorker.Collection)]
public sealed class InvitationPageTests(ApiFixture fixture, Chromium chromium)
    : IClassFixture<Chromium>, IAsyncLifetime
{
    private FakeWorker worker = null!;

    public async ValueTask InitializeAsync() => worker = await FakeWorker.StartAsync(fixture);

    public ValueTask DisposeAsync() => worker.DisposeAsync();

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task A_password_is_set_by_keyboard_only(ColorScheme colors)
    {
        string token = await worker.CreateInvitationTokenAsync();
        var page = await OpenAsync(token, colors);
        Assert.DoesNotContain(token, page.Url, StringComparison.Ordinal);
        // The rules are told before the first try.
        await page.GetByText("At least 12 characters.").WaitForAsync();
        await page.GetByText("Your login name is admin@k").WaitForAsync();
        await Chromium.AssertAccessibleAsync(page);

        await page.FillByKeyboardAsync("correct horse", "battery staple");
        await VerifyPageTests.WaitForMessageAsync(page, "The two passwords are not the same.");
        await Chromium.AssertAccessibleAsync(page);
        await page.GetByLabel("New password").FocusAsync();
        await page.FillByKeyboardAsync("short", "short");
        await VerifyPageTests.WaitForMessageAsync(
            page, "This password is too short.");
        await Chromium.AssertAccessibleAsync(page);
        // The focus has returned to the password.
        await page.FillByKeyboardAsync("correct horse", "correct horse");

        await VerifyPageTests.WaitForMessageAsync(page, "Your password is set.");
        await VerifyPageTests.HasHeadingAsync(page, "Welcome");
        Assert.Matches("^https://k.*[.]app[.]example[.]com$", await WorkspaceLinkAsync(page));
        await Chromium.AssertAccessibleAsync(page);
        Assert.Equal("correct horse", worker.Passwords[^1]);
    }

    [Fact]
    public async Task A_used_link_says_so_at_once_and_links_to_the_workspace()
    {
        string token = await worker.CreateInvitationTokenAsync();
        await worker.Functions.PostAsync("/invitations/accept", new { token, password = "correct horse" });

        var page = await OpenAsync(token, waitForForm: false);

        await VerifyPageTests.WaitForMessageAsync(page, "This link has been used.");
        await VerifyPageTests.HasHeadingAsync(page, "Your password is set already");
        Assert.Matches("^https://k.*[.]app[.]example[.]com$", await WorkspaceLinkAsync(page));
        await Chromium.AssertAccessibleAsync(page);
    }

    [Fact]
    public async Task A_link_that_is_used_meanwhile_says_so()
    {
        string token = await worker.CreateInvitationTokenAsync();
        var page = await OpenAsync(token);
        await worker.Functions.PostAsync("/invitations/accept", new { token, password = "correct horse" });

        await page.FillByKeyboardAsync("another horse", "another horse");

        await VerifyPageTests.WaitForMessageAsync(page, "This link has been used.");
    }

    [Fact]
    public async Task An_expired_link_says_so_at_once()
    {
        string token = await worker.CreateInvitationTokenAsync();
        worker.Functions.Time.Advance(TimeSpan.FromHours(72));

        var page = await OpenAsync(token, waitForForm: false);

        await VerifyPageTests.WaitForMessageAsync(page, "This invitation has expired.");
        await VerifyPageTests.HasHeadingAsync(page, "This link has expired");
        await Chromium.AssertAccessibleAsync(page);
    }

    [Fact]
    public async Task A_wrong_link_asks_for_the_code_of_the_mail_which_a_reload_keeps()
    {
        var page = await OpenAsync("nonsense", waitForForm: false);
        await VerifyPageTests.WaitForMessageAsync(page, "This invitation is not valid");
        await Chromium.AssertAccessibleAsync(page);

        await page.FillByKeyboardAsync(await worker.CreateInvitationTokenAsync());

        await page.GetByLabel("New password").WaitForAsync();
        await page.ReloadAsync();
        await page.GetByLabel("New password").WaitForAsync();
    }

    [Fact]
    public async Task After_a_connection_failure_the_invitation_is_still_valid()
    {
        var page = await OpenAsync(await worker.CreateInvitationTokenAsync());
        await page.Context.SetOfflineAsync(true);

        await page.FillByKeyboardAsync("correct horse", "correct horse");
        await VerifyPageTests.WaitForMessageAsync(page, "Nobody answered.");
        await page.Context.SetOfflineAsync(false);
        await page.Keyboard.PressAsync("Enter");

        await VerifyPageTests.WaitForMessageAsync(page, "Your password is set.");
    }

    [Fact]
    public async Task An_error_from_a_proxy_is_shown_and_the_person_can_try_again()
    {
        var page = await OpenAsync(await worker.CreateInvitationTokenAsync());
        await page.RouteAsync("**/invitations/accept", route => route.FulfillAsync(new() { Status = 502 }));

        await page.FillByKeyboardAsync("correct horse", "correct horse");
        await VerifyPageTests.WaitForMessageAsync(page, "Something on the way to us is out of order.");
        await page.UnrouteAllAsync();
        await page.Keyboard.PressAsync("Enter");

        await VerifyPageTests.WaitForMessageAsync(page, "Your password is set.");
    }

    private static async Task<string?> WorkspaceLinkAsync(IPage page) =>
        await page.GetByRole(AriaRole.Link, new() { Name = "Go to your workspace" }).GetAttributeAsync("href");

    private async Task<IPage> OpenAsync(
        string token, ColorScheme colors = ColorScheme.Light, bool waitForForm = true)
    {
        var page = await chromium.OpenAsync(
            new Uri(await worker.Functions.AddressAsync(), $"/invitations#{token}"), colors);
        if (waitForForm)
        {
            await page.GetByLabel("New password").WaitForAsync();
        }

        return page;
    }
}
