using Microsoft.Playwright;

namespace EndToEnd.Tests.Pages;

/// <summary>The distribution's Chromium, without a window.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] Binaries = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private IPlaywright? playwright;
    private IBrowser? browser;

    /// <summary>Null where there is none; in CI there must be one.</summary>
    public static string? Binary { get; } = Binaries.FirstOrDefault(File.Exists);

    public async ValueTask InitializeAsync()
    {
        if (Binary is null && Environment.GetEnvironmentVariable("CI") != "true")
        {
            return;
        }

        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Binary ?? throw new InvalidOperationException("There is no Chromium: apt-get install chromium."),
            // Chromium's own sandbox refuses to run as root.
            Args = Environment.UserName == "root" ? ["--no-sandbox"] : [],
        });
    }

    /// <summary>A page of somebody who was never here.</summary>
    public async Task<IPage> OpenAsync(Uri address)
    {
        Assert.SkipWhen(browser is null, "There is no Chromium on this machine: apt-get install chromium.");
        var page = await (await browser!.NewContextAsync()).NewPageAsync();
        await page.GotoAsync(address.AbsoluteUri);
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
        {
            await browser.DisposeAsync();
        }

        playwright?.Dispose();
    }
}
