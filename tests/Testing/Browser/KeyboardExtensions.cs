using Microsoft.Playwright;

namespace Testing.Browser;

/// <summary>Keyboard-only use of a page.</summary>
public static class KeyboardExtensions
{
    /// <summary>
    /// Types the texts into the focused field and those after it, with Tab in between, and submits the form with Enter.
    /// The previous content of a field is replaced.
    /// </summary>
    public static async Task FillByKeyboardAsync(this IPage page, params IReadOnlyList<string> texts)
    {
        await page.TypeByKeyboardAsync(texts);
        await page.Keyboard.PressAsync("Enter");
    }

    /// <summary>Types the texts in the same way without submitting the form.</summary>
    public static async Task TypeByKeyboardAsync(this IPage page, params IReadOnlyList<string> texts)
    {
        await page.WaitForFocusAsync();
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
    /// Waits until a field or button has the focus. A browser applies <c>autofocus</c> at the first rendering, which
    /// may be after the page is loaded; a key pressed before is lost.
    /// </summary>
    public static Task WaitForFocusAsync(this IPage page) => page.Locator(":focus").WaitForAsync();
}
