using EndToEnd.Tests.Support;
using Microsoft.Playwright;
using static EndToEnd.Tests.Pages.PageAssertions;

namespace EndToEnd.Tests.Pages;

/// <summary>
/// What the quick start tells a person to look for, where it tells them to look. These are the stand-ins' own pages.
/// </summary>
[Trait("About", "stand-ins")]
public sealed class SandboxPagesTests(RunningInstance running, Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task A_provisioned_tenant_can_be_looked_at_in_each_system()
    {
        string key = Keys.New();
        var customer = new Customer(running, key);
        await customer.SignUpAsync();
        await customer.ProvisionAsync();
        await customer.IsActiveAsync();

        var buckets = await browser.OpenAsync(running.Instance.S3);
        await Expect(buckets.GetByText($"tenant-{key}-files").First).ToBeVisibleAsync();
        await buckets.HasNoBarriersAsync();

        var mails = await browser.OpenAsync(running.Instance.Novu);
        await Expect(mails.GetByText($"tenant-{customer.TenantId}-admin_{key}_com").First).ToBeVisibleAsync();
        await mails.HasNoBarriersAsync();

        var realms = await browser.OpenAsync(running.Instance.Keycloak);
        await LogInAsync(realms);
        await Expect(realms.GetByText($"tenant-{key}").First).ToBeVisibleAsync();
        await realms.HasNoBarriersAsync();
    }

    // admin / admin, as the quick start says, where the page asks for it.
    private static async Task LogInAsync(IPage page)
    {
        if (await page.Locator("input[type=password]").CountAsync() > 0)
        {
            await page.HasNoBarriersAsync();
            await page.FillByKeyboardAsync("admin", "admin");
        }
    }
}
