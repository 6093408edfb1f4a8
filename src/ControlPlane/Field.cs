using System.Globalization;
using System.Text;

namespace ControlPlane;

/// <summary>Validates text fields of requests: trimmed, of limited length, printable and visible.</summary>
public static class Field
{
    /// <summary>The maximum length of a name, in characters.</summary>
    public const int MaxNameLength = 100;

    /// <summary>The form of a required text, in .NET and in ECMA 262.</summary>
    public const string RequiredPattern = "^" + SomethingVisible + Printable;

    /// <summary>The form of a text that may be missing.</summary>
    public const string OptionalPattern = "^" + Printable;

    internal const string SomethingVisible =
        @"(?=.*[^\p{Z}\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F"
        + @"\u2800\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFF8])";

    private const string Printable = @"[^\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069\uFFFD]*$";

    /// <returns>The trimmed text.</returns>
    /// <exception cref="ControlPlaneException">Missing, empty, too long or not printable; names the field.</exception>
    public static string Required(string? text, string field, int maxLength = MaxNameLength) =>
        Optional(text, field, maxLength)
        ?? throw ControlPlaneException.Invalid(field,
            $"{field} is missing: 1 to {maxLength} visible characters are expected.");

    /// <returns>The trimmed text, or null if it is missing or renders as nothing.</returns>
    /// <exception cref="ControlPlaneException">Too long or not printable; names the field.</exception>
    public static string? Optional(string? text, string field, int maxLength = MaxNameLength)
    {
        if (text is null || !VisibleText.IsVisible(text))
        {
            return null;
        }

        string trimmed = VisibleText.Trim(text);
        // Code points, as in the schema of the request.
        int length = trimmed.EnumerateRunes().Count();
        if (length > maxLength)
        {
            throw ControlPlaneException.Invalid(field,
                $"{field} has {length} characters; at most {maxLength} are expected.");
        }

        return trimmed.EnumerateRunes().All(IsPrintable) ? trimmed : throw Unprintable(field);
    }

    private static ControlPlaneException Unprintable(string field) =>
        ControlPlaneException.Invalid(field, $"{field} contains a control character; printable text is expected.");

    // EnumerateRunes returns U+FFFD for an unpaired surrogate: PostgreSQL would refuse such text as invalid Unicode.
    private static bool IsPrintable(Rune rune) =>
        rune.Value is not 0xFFFD
        && !IsDirectionOverride(rune.Value)
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    // These make a name look like another one: https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
    private static bool IsDirectionOverride(int rune) => rune is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);
}
