using System.Collections.Concurrent;
using Microsoft.Playwright;
using Testing.Browser;

namespace Api.Tests.Pages;

/// <summary>The setup as the customer follows it after the order. The browser's clock is moved by the tests.</summary>
public sealed class ProgressPageTests(ApiFixture fixture, Chromium chromium) : IClassFixture<Chromium>
{
    private readonly ApiApplication app = fixture.Application;

    // The addresses of all requests, in order.
    private readonly ConcurrentQueue<string> requests = [];

    private int Questions => requests.Count(address => address.EndsWith("/provisioning", StringComparison.Ordinal));

    [Fact]
    public async Task The_steps_are_shown_live_until_the_workspace_is_ready()
    {
        var (tenant, page) = await OpenAsync();
        await BeginAsync(tenant);
        await MoveAsync(page, 10);
        await HasStepAsync(page, "Database", "in progress");
        await Chromium.AssertAccessibleAsync(page);

        await page.ReloadAsync();
        await HasStepAsync(page, "Database", "in progress");
        await EndAsync(tenant, "ACTIVE", "SUCCEEDED", "DONE");
        await MoveAsync(page, 10);
        Assert.All(requests, address => Assert.DoesNotMatch(@"[.][\w-]{20}|[?]", address));

        await VerifyPageTests.HasHeadingAsync(page, "Your workspace is ready");
        await VerifyPageTests.WaitForMessageAsync(page, "Your workspace is ready.");
        await HasStepAsync(page, "Database", "done");
        Assert.Equal(
            $"https://{tenant.Key}.app.example.com",
            await page.GetByRole(AriaRole.Link, new() { Name = "Go to your workspace" }).GetAttributeAsync("href"));
        await Chromium.AssertAccessibleAsync(page);
    }

    [Fact]
    public async Task A_failure_is_shown_with_its_advice_and_ends_the_questions()
    {
        var (tenant, page) = await OpenAsync();
        await BeginAsync(tenant);
        await EndAsync(tenant, "PROVISION_FAILED", "ROLLED_BACK", "FAILED");
        await MoveAsync(page, 10);

        await VerifyPageTests.HasHeadingAsync(page, "The setup did not succeed");
        await VerifyPageTests.WaitForMessageAsync(page, "failed several times. You do not have to do anything");
        await HasStepAsync(page, "Database", "did not succeed");
        Assert.DoesNotContain("base/16384", await page.ContentAsync(), StringComparison.Ordinal);
        int asked = Questions;
        await MoveAsync(page, 120);
        Assert.Equal(asked, Questions);
    }

    [Fact]
    public async Task The_page_asks_more_slowly_while_nothing_changes_and_honours_Retry_After()
    {
        var (_, page) = await OpenAsync();
        await MoveAsync(page, 300);
        // Every two seconds would be 150.
        Assert.InRange(Questions, 8, 20);

        await page.RouteAsync("**/provisioning", route => route.FulfillAsync(new()
        {
            Status = 503,
            Headers = new Dictionary<string, string> { ["Retry-After"] = "120" },
        }));
        int asked = Questions;
        while (Questions == asked)
        {
            await MoveAsync(page, 5);
        }

        await MoveAsync(page, 100);
        Assert.Equal(asked + 1, Questions);
        await MoveAsync(page, 30);
        Assert.Equal(asked + 2, Questions);
    }

    [Fact]
    public async Task The_link_opened_again_shows_the_progress()
    {
        var tenant = await app.Data.CreateTenantAsync();
        var page = await OpenAsync(tenant.Lead.Token);

        await page.FillByKeyboardAsync();

        await page.GetByText("Your order has arrived.").WaitForAsync();
    }

    // Orders a workspace on the page, as a customer does.
    private async Task<(TestTenant Tenant, IPage Page)> OpenAsync()
    {
        var lead = await app.Data.CreateLeadAsync();
        string key = TestData.NewKey();
        var page = await OpenAsync(lead.Token);
        await page.FillByKeyboardAsync();
        await VerifyPageTests.WaitForMessageAsync(page, "Your address is confirmed.");
        await page.FillByKeyboardAsync(key);
        await page.GetByText("Your order has arrived.").WaitForAsync();
        string id = await fixture.Postgres.ReadAsync<string>("SELECT id::text FROM tenants WHERE key = $1", key);
        return (new TestTenant(id, key, lead), page);
    }

    private async Task<IPage> OpenAsync(string token)
    {
        var page = await chromium.OpenAsync(new Uri("about:blank"));
        page.Request += (_, request) => requests.Enqueue(request.Url);
        await page.Clock.InstallAsync();
        await page.GotoAsync(new Uri(await app.AddressAsync(), $"/verify#{token}").AbsoluteUri);
        return page;
    }

    // In small moves, since an answer arrives between two of them.
    private static async Task MoveAsync(IPage page, int seconds)
    {
        for (int i = 0; i < seconds; i += 5)
        {
            await page.Clock.RunForAsync(5000);
            await page.EvaluateAsync("() => fetch('/pages/page.css').then(answer => answer.text())");
        }
    }

    private static Task HasStepAsync(IPage page, string title, string state) =>
        page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = title }).Filter(new() { HasText = state })
            .WaitForAsync();

    // The rows that the worker writes when the run begins and when it ends.
    private async Task BeginAsync(TestTenant tenant)
    {
        (await app.PostAsync(
            $"/tenants/{tenant.Id}/provision", TestData.Subscription(tenant.Id),
            fixture.Realm.CreateToken(app.Time.GetUtcNow()))).Expect(System.Net.HttpStatusCode.Accepted);
        await fixture.Postgres.ExecuteAsync(
            """
            INSERT INTO provisioning_steps (tenant_id, attempt, position, step, customer_title, state)
            VALUES ($1, 1, 1, 'create-idp', 'Login for your users', 'DONE'),
                ($1, 1, 2, 'provision-database', 'Database', 'RUNNING')
            """,
            Guid.Parse(tenant.Id));
        await fixture.Postgres.ExecuteAsync(
            "UPDATE provisioning_attempts SET state = 'RUNNING' WHERE tenant_id = $1", Guid.Parse(tenant.Id));
        await fixture.Postgres.ExecuteAsync(
            "UPDATE tenants SET status = 'PROVISIONING' WHERE id = $1", Guid.Parse(tenant.Id));
    }

    private async Task EndAsync(TestTenant tenant, string status, string attempt, string step)
    {
        await fixture.Postgres.ExecuteAsync(
            "UPDATE provisioning_steps SET state = $2 WHERE tenant_id = $1 AND position = 2",
            Guid.Parse(tenant.Id), step);
        await fixture.Postgres.ExecuteAsync(
            """
            UPDATE provisioning_attempts
            SET state = $2, error_code = CASE WHEN $2 = 'ROLLED_BACK' THEN 'temporary' END, error = 'base/16384'
            WHERE tenant_id = $1
            """,
            Guid.Parse(tenant.Id), attempt);
        await fixture.Postgres.ExecuteAsync(
            "UPDATE tenants SET status = $2 WHERE id = $1", Guid.Parse(tenant.Id), status);
    }
}
