using EndToEnd.Tests.Support;
using Microsoft.Playwright;
using Testing.Browser;
using static Microsoft.Playwright.Assertions;

namespace EndToEnd.Tests.Pages;

/// <summary>
/// What the quick start tells a person to look for, where it tells them to look. These are the stand-ins' own pages.
/// </summary>
[Trait("About", "stand-ins")]
public sealed class SandboxPagesTests(RunningInstance running, Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task A_provisioned_tenant_can_be_looked_at_in_each_system()
    {
        string key = Keys.New();
        var customer = new Customer(running, key);
        await customer.SignUpAsync();
        await customer.ProvisionAsync();
        await customer.IsActiveAsync();

        var buckets = await chromium.OpenAsync(running.Instance.S3);
        await Expect(buckets.GetByText($"tenant-{key}-files").First).ToBeVisibleAsync();
        await Chromium.AssertAccessibleAsync(buckets);

        var mails = await chromium.OpenAsync(running.Instance.Novu);
        await Expect(mails.GetByText($"tenant-{customer.TenantId}-admin_{key}_com").First).ToBeVisibleAsync();
        await Chromium.AssertAccessibleAsync(mails);

        var realms = await chromium.OpenAsync(running.Instance.Keycloak);
        await LogInAsync(realms);
        await Expect(realms.GetByText($"tenant-{key}").First).ToBeVisibleAsync();
        await Chromium.AssertAccessibleAsync(realms);
    }

    // admin / admin, as the quick start says, where the page asks for it.
    private static async Task LogInAsync(IPage page)
    {
        if (await page.Locator("input[type=password]").CountAsync() > 0)
        {
            await Chromium.AssertAccessibleAsync(page);
            await page.FillByKeyboardAsync("admin", "admin");
        }
    }
}
