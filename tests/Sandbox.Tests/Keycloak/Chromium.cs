using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Sandbox.Tests.Keycloak;

/// <summary>A real Chromium, the distribution's; started once for a class of tests.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Places =
        ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/usr/bin/google-chrome-stable"];

    private IPlaywright? playwright;
    private IBrowser? browser;

    public async ValueTask InitializeAsync()
    {
        if (Places.FirstOrDefault(File.Exists) is not { } path)
            return;
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Args = ["--no-sandbox"] });
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
    }

    /// <summary>A page of a browser that knows nobody. Without a Chromium the test says so; in CI it fails.</summary>
    public async Task<IPage> OpenAsync(ColorScheme scheme = ColorScheme.Light)
    {
        const string Missing = "No Chromium on this machine. Install it, for example with: apt-get install chromium";
        if (browser is null && Environment.GetEnvironmentVariable("CI") is { Length: > 0 })
            Assert.Fail(Missing);
        Assert.SkipWhen(browser is null, Missing);
        var context = await browser!.NewContextAsync(new() { ColorScheme = scheme });
        return await context.NewPageAsync();
    }

    /// <summary>Checks the page for whoever cannot see it or has no mouse, by axe.</summary>
    public static async Task AssertAccessibleAsync(IPage page)
    {
        var result = await page.RunAxe();
        Assert.True(result.Violations.Length == 0,
            page.Url + "\n" + string.Join('\n', result.Violations.Select(violation =>
            $"{violation.Id}: {violation.Help} {string.Join(", ", violation.Nodes.Select(node => node.Html))}")));
    }
}
