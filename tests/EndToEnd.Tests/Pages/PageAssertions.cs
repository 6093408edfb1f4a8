using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace EndToEnd.Tests.Pages;

public static class PageAssertions
{
    /// <summary>As axe reads it: no known barrier for people who use assistive technology.</summary>
    public static async Task HasNoBarriersAsync(this IPage page)
    {
        var result = await page.RunAxe();
        Assert.True(result.Violations.Length == 0, string.Join('\n', result.Violations.Select(violation =>
            $"{violation.Id}: {violation.Help}: {string.Join(", ", violation.Nodes.Select(node => node.Html))}")));
    }

    /// <summary>Types where the focus is, goes to the next field by the tab key, and sends the form by Enter.</summary>
    public static async Task FillByKeyboardAsync(this IPage page, params IReadOnlyList<string> texts)
    {
        for (int i = 0; i < texts.Count; i++)
        {
            if (i > 0)
            {
                await page.Keyboard.PressAsync("Tab");
            }

            await page.Keyboard.TypeAsync(texts[i]);
        }

        await page.Keyboard.PressAsync("Enter");
    }

    public static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);
}
