using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Testing.Browser;

/// <summary>
/// The distribution's own Chromium. Compiled into the test projects that link this file, so that the others do not
/// carry the browser's driver.
/// </summary>
public sealed class Chromium : IAsyncLifetime
{
    private const string Missing = "There is no Chromium on this machine; install it with: apt-get install chromium";

    private static readonly string? Program =
        ((string[])["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"])
            .FirstOrDefault(File.Exists);

    // As long as Playwright waits for everything else; its five seconds say more of the machine than of a page.
    private const int Patience = 30_000;

    private IPlaywright? playwright;
    private IBrowser? browser;

    public async ValueTask InitializeAsync()
    {
        if (Program is not null)
        {
            Assertions.SetDefaultExpectTimeout(Patience);
            playwright = await Playwright.CreateAsync();
            browser = await playwright.Chromium.LaunchAsync(new()
            {
                ExecutablePath = Program,
                // A browser run by root has no sandbox of its own.
                Args = ["--no-sandbox"],
            });
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
        {
            await browser.DisposeAsync();
        }

        playwright?.Dispose();
    }

    /// <summary>A window that knows nobody. Skips where there is no Chromium, and fails there in CI.</summary>
    public async Task<IPage> OpenAsync(Uri address, ColorScheme colors = ColorScheme.Light)
    {
        if (browser is null)
        {
            Assert.False(Environment.GetEnvironmentVariable("CI") is { Length: > 0 }, Missing);
            Assert.Skip(Missing);
        }

        var context = await browser.NewContextAsync(new() { ColorScheme = colors });
        var page = await context.NewPageAsync();
        await page.GotoAsync(address.AbsoluteUri);
        return page;
    }

    /// <summary>Nothing that axe knows of keeps anybody from using the page.</summary>
    public static async Task AssertAccessibleAsync(IPage page)
    {
        var result = await page.RunAxe();
        Assert.True(result.Violations.Length == 0, page.Url + "\n" + string.Join('\n', result.Violations.Select(
            violation => $"{violation.Id}: {violation.Help}: "
                + string.Join(", ", violation.Nodes.Select(node => node.Html)))));
    }
}
