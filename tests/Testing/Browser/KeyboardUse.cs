using Microsoft.Playwright;

namespace Testing.Browser;

/// <summary>A page used by whoever has no mouse.</summary>
public static class KeyboardUse
{
    /// <summary>
    /// Types where the focus is, goes to each next field by the tab key, and sends the form by Enter. What a field held
    /// is replaced.
    /// </summary>
    public static async Task FillByKeyboardAsync(this IPage page, params IReadOnlyList<string> texts)
    {
        await page.TypeByKeyboardAsync(texts);
        await page.Keyboard.PressAsync("Enter");
    }

    /// <summary>The same, and does not send the form.</summary>
    public static async Task TypeByKeyboardAsync(this IPage page, params IReadOnlyList<string> texts)
    {
        await page.HasFocusAsync();
        for (int i = 0; i < texts.Count; i++)
        {
            if (i > 0)
            {
                await page.Keyboard.PressAsync("Tab");
            }

            await page.Keyboard.PressAsync("Control+A");
            await page.Keyboard.TypeAsync(texts[i]);
        }
    }

    /// <summary>
    /// Waits until a field or button has the focus. A browser heeds <c>autofocus</c> when it first draws the page,
    /// which may be after it was loaded; a key that is pressed before is lost.
    /// </summary>
    public static Task HasFocusAsync(this IPage page) => page.Locator(":focus").WaitForAsync();
}
