using System.Globalization;
using System.Text;

namespace ControlPlane;

/// <summary>Distinguishes characters that a reader sees from those that render as nothing.</summary>
internal static class VisibleText
{
    // Default_Ignorable_Code_Point of Unicode 17: https://www.unicode.org/Public/17.0.0/ucd/DerivedCoreProperties.txt
    private static readonly (int First, int Last)[] Ignorable =
    [
        (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
        (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF),
        (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
    ];

    // Glyphs without ink: the empty Braille pattern, the null note head, blanks of Khitan script and of hieroglyphs.
    private static readonly HashSet<int> Blank = [0x2800, 0x1D159, 0x16FE4, 0x13441, 0x13442];

    /// <summary>
    /// Replaces each kind of space, such as a no-break space, by a plain one, and removes the spaces around the text.
    /// A zero-width space around it, which a copied text may bring along, is removed too.
    /// </summary>
    public static string Trim(string text) =>
        string.Concat(text.Select(c => char.GetUnicodeCategory(c) == UnicodeCategory.SpaceSeparator ? ' ' : c))
            .Trim(' ', '\u200B', '\u2060', '\uFEFF');

    /// <summary>Whether at least one character of the text has ink; a control character counts too.</summary>
    public static bool IsVisible(string text) => text.EnumerateRunes().Any(rune =>
        Rune.GetUnicodeCategory(rune) != UnicodeCategory.SpaceSeparator
        && !Blank.Contains(rune.Value)
        && !Array.Exists(Ignorable, range => rune.Value >= range.First && rune.Value <= range.Last));
}
