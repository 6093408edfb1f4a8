using System.Globalization;
using System.Text;

namespace ControlPlane;

/// <summary>Validates text fields of requests: trimmed, of limited length and printable.</summary>
public static class Field
{
    /// <summary>The maximum length of a name, in characters.</summary>
    public const int MaxNameLength = 100;

    /// <returns>The trimmed text.</returns>
    /// <exception cref="ControlPlaneException">Missing, empty, too long or not printable; names the field.</exception>
    public static string Required(string? text, string field, int maxLength = MaxNameLength) =>
        Optional(text, field, maxLength)
        ?? throw ControlPlaneException.Invalid(field,
            $"{field} is missing: 1 to {maxLength} characters are expected.");

    /// <returns>The trimmed text, or null if it is missing or empty.</returns>
    /// <exception cref="ControlPlaneException">Too long or not printable; names the field.</exception>
    public static string? Optional(string? text, string field, int maxLength = MaxNameLength)
    {
        string? trimmed = text?.Trim();
        if (trimmed is not { Length: > 0 })
        {
            // Text of control characters only (NUL, tab) is refused and does not count as empty.
            return text is null || text.All(c => c == ' ') ? null : throw Unprintable(field);
        }

        if (trimmed.Length > maxLength)
        {
            throw ControlPlaneException.Invalid(field,
                $"{field} has {trimmed.Length} characters; at most {maxLength} are expected.");
        }

        return text!.EnumerateRunes().All(IsPrintable) ? trimmed : throw Unprintable(field);
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
