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
        await Chromium.AssertAccessibleAsync(page);

        await page.FillByKeyboardAsync("correct horse", "battery staple");
        await VerifyPageTests.WaitForMessageAsync(page, "The two passwords are not the same.");
        await Chromium.AssertAccessibleAsync(page);
        await page.GetByLabel("New password").FocusAsync();
        await page.FillByKeyboardAsync("short", "short");
        await VerifyPageTests.WaitForMessageAsync(
            page, "This password was not accepted: Invalid password: minimum length 8.");
        await Chromium.AssertAccessibleAsync(page);
        // The focus has returned to the password.
        await page.FillByKeyboardAsync("correct horse", "correct horse");

        await VerifyPageTests.WaitForMessageAsync(page, "Your password is set.");
        await Chromium.AssertAccessibleAsync(page);
        Assert.Equal("correct horse", worker.Passwords[^1]);
    }

    [Fact]
    public async Task A_used_link_shows_a_message()
    {
        string token = await worker.CreateInvitationTokenAsync();
        await worker.Functions.PostAsync("/invitations/accept", new { token, password = "correct horse" });
        var page = await OpenAsync(token);

        await page.FillByKeyboardAsync("another horse", "another horse");

        await VerifyPageTests.WaitForMessageAsync(page, "The invitation has been used.");
    }

    [Fact]
    public async Task An_expired_link_shows_a_message()
    {
        string token = await worker.CreateInvitationTokenAsync();
        worker.Functions.Time.Advance(TimeSpan.FromHours(72));
        var page = await OpenAsync(token);

        await page.FillByKeyboardAsync("correct horse", "correct horse");

        await VerifyPageTests.WaitForMessageAsync(page, "This invitation has expired.");
        await Chromium.AssertAccessibleAsync(page);
    }

    [Fact]
    public async Task A_malformed_link_shows_a_message()
    {
        var page = await OpenAsync("nonsense");

        await page.FillByKeyboardAsync("correct horse", "correct horse");

        await VerifyPageTests.WaitForMessageAsync(page, "This invitation is not valid");
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

    private async Task<IPage> OpenAsync(string token, ColorScheme colors = ColorScheme.Light)
    {
        var page = await chromium.OpenAsync(
            new Uri(await worker.Functions.AddressAsync(), $"/invitations#{token}"), colors);
        await page.GetByLabel("New password").WaitForAsync();
        return page;
    }
}
