using EndToEnd.Tests.Support;
using Microsoft.Playwright;
using Testing.Browser;
using static Microsoft.Playwright.Assertions;

namespace EndToEnd.Tests.Pages;

/// <summary>
/// The pages of the stand-ins, on which the quick start shows a provisioned tenant.
/// </summary>
[Trait("About", "stand-ins")]
public sealed class SandboxPagesTests(InstanceFixture fixture, Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task A_provisioned_tenant_is_visible_in_each_system()
    {
        string key = TenantKeys.New();
        var customer = new Customer(fixture, key);
        await customer.SignUpAsync();
        await customer.ProvisionAsync();
        await customer.WaitForActiveAsync();

        var buckets = await chromium.OpenAsync(fixture.Instance.S3);
        await Expect(buckets.GetByText($"tenant-{key}-files").First).ToBeVisibleAsync();
        await Chromium.AssertAccessibleAsync(buckets);

        var mails = await chromium.OpenAsync(fixture.Instance.Novu);
        await Expect(mails.GetByText($"tenant-{customer.TenantId}-admin_{key}_com").First).ToBeVisibleAsync();
        await Chromium.AssertAccessibleAsync(mails);

        var realms = await chromium.OpenAsync(fixture.Instance.Keycloak);
        await LogInAsync(realms);
        await Expect(realms.GetByText($"tenant-{key}").First).ToBeVisibleAsync();
        await Chromium.AssertAccessibleAsync(realms);
    }

    // Logs in with admin / admin, as in the quick start, if the page asks for it.
    private static async Task LogInAsync(IPage page)
    {
        if (await page.Locator("input[type=password]").CountAsync() > 0)
        {
            await Chromium.AssertAccessibleAsync(page);
            await page.FillByKeyboardAsync("admin", "admin");
        }
    }
}
