using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Testing.Browser;

/// <summary>
/// The Chromium of the distribution. The file is linked into the test projects that need it, so that the others do not
/// depend on the browser's driver.
/// </summary>
public sealed class Chromium : IAsyncLifetime
{
    private const string Missing = "Chromium is not installed; install it with: apt-get install chromium";

    private static readonly string? Program =
        ((string[])["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"])
            .FirstOrDefault(File.Exists);

    // In milliseconds, as Playwright's other timeouts. Its default of five seconds is too short for a busy machine.
    private const int ExpectTimeout = 30_000;

    private IPlaywright? playwright;
    private IBrowser? browser;

    public async ValueTask InitializeAsync()
    {
        if (Program is not null)
        {
            Assertions.SetDefaultExpectTimeout(ExpectTimeout);
            playwright = await Playwright.CreateAsync();
            browser = await playwright.Chromium.LaunchAsync(new()
            {
                ExecutablePath = Program,
                // Chromium refuses to run as root with its sandbox.
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

    /// <summary>Opens a page in a new browser context. Without Chromium the test is skipped; in CI it fails.</summary>
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

    /// <summary>Asserts that axe finds no accessibility violation on the page.</summary>
    public static async Task AssertAccessibleAsync(IPage page)
    {
        var result = await page.RunAxe();
        Assert.True(result.Violations.Length == 0, page.Url + "\n" + string.Join('\n', result.Violations.Select(
            violation => $"{violation.Id}: {violation.Help}: "
                + string.Join(", ", violation.Nodes.Select(node => node.Html)))));
    }
}
