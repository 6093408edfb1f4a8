using Functions.Tests.Invitations;
using Microsoft.Playwright;
using Testing.Browser;

namespace Functions.Tests.Pages;

[Collection(StandInWorker.Collection)]
public sealed class InvitationPageTests(World world, Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private StandInWorker worker = null!;

    public async ValueTask InitializeAsync() => worker = await StandInWorker.StartAsync(world);

    public ValueTask DisposeAsync() => worker.DisposeAsync();

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task By_keyboard_alone_a_password_is_set(ColorScheme colors)
    {
        string token = await worker.InvitationAsync();
        var page = await OpenAsync(token, colors);
        Assert.DoesNotContain(token, page.Url, StringComparison.Ordinal);
        await Chromium.AssertAccessibleAsync(page);

        await page.FillByKeyboardAsync("correct horse", "battery staple");
        await VerifyPageTests.SaysAsync(page, "The two passwords are not the same.");
        await Chromium.AssertAccessibleAsync(page);
        await page.GetByLabel("New password").FocusAsync();
        await page.FillByKeyboardAsync("short", "short");
        await VerifyPageTests.SaysAsync(page, "This password was not accepted: Invalid password: minimum length 8.");
        await Chromium.AssertAccessibleAsync(page);
        // The focus is back on the password.
        await page.FillByKeyboardAsync("correct horse", "correct horse");

        await VerifyPageTests.SaysAsync(page, "Your password is set.");
        await Chromium.AssertAccessibleAsync(page);
        Assert.Equal("correct horse", worker.Passwords[^1]);
    }

    [Fact]
    public async Task A_link_that_was_used_says_so()
    {
        string token = await worker.InvitationAsync();
        await worker.Functions.PostAsync("/invitations/accept", new { token, password = "correct horse" });
        var page = await OpenAsync(token);

        await page.FillByKeyboardAsync("another horse", "another horse");

        await VerifyPageTests.SaysAsync(page, "The invitation has been used.");
    }

    [Fact]
    public async Task A_link_that_has_expired_says_so()
    {
        string token = await worker.InvitationAsync();
        worker.Functions.Time.Advance(TimeSpan.FromHours(72));
        var page = await OpenAsync(token);

        await page.FillByKeyboardAsync("correct horse", "correct horse");

        await VerifyPageTests.SaysAsync(page, "This invitation has expired.");
        await Chromium.AssertAccessibleAsync(page);
    }

    [Fact]
    public async Task A_link_that_is_none_says_so()
    {
        var page = await OpenAsync("nonsense");

        await page.FillByKeyboardAsync("correct horse", "correct horse");

        await VerifyPageTests.SaysAsync(page, "This invitation is not valid");
    }

    [Fact]
    public async Task When_nobody_answers_the_invitation_is_still_good()
    {
        var page = await OpenAsync(await worker.InvitationAsync());
        await page.Context.SetOfflineAsync(true);

        await page.FillByKeyboardAsync("correct horse", "correct horse");
        await VerifyPageTests.SaysAsync(page, "Nobody answered.");
        await page.Context.SetOfflineAsync(false);
        await page.Keyboard.PressAsync("Enter");

        await VerifyPageTests.SaysAsync(page, "Your password is set.");
    }

    [Fact]
    public async Task An_answer_of_a_proxy_is_said_and_the_person_can_try_again()
    {
        var page = await OpenAsync(await worker.InvitationAsync());
        await page.RouteAsync("**/invitations/accept", route => route.FulfillAsync(new() { Status = 502 }));

        await page.FillByKeyboardAsync("correct horse", "correct horse");
        await VerifyPageTests.SaysAsync(page, "Something on the way to us is out of order.");
        await page.UnrouteAllAsync();
        await page.Keyboard.PressAsync("Enter");

        await VerifyPageTests.SaysAsync(page, "Your password is set.");
    }

    private async Task<IPage> OpenAsync(string token, ColorScheme colors = ColorScheme.Light)
    {
        var page = await chromium.OpenAsync(
            new Uri(worker.Functions.Address, $"/invitations#{token}"), colors);
        await page.GetByLabel("New password").WaitForAsync();
        return page;
    }
}
