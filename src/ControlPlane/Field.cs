using System.Globalization;
using System.Text;

namespace ControlPlane;

/// <summary>Rules for text that comes in from outside, the same for every field: trimmed, bounded, printable.</summary>
public static class Field
{
    /// <summary>What a name may be long.</summary>
    public const int NameLength = 100;

    /// <exception cref="ControlPlaneException">Absent, empty, too long or not printable; names the field.</exception>
    public static string Required(string? text, string field, int maxLength = NameLength) =>
        Optional(text, field, maxLength)
        ?? throw ControlPlaneException.Invalid(field,
            $"{field} is missing: 1 to {maxLength} characters are expected.");

    /// <returns>Null where there is no text.</returns>
    /// <exception cref="ControlPlaneException">Too long or not printable; names the field.</exception>
    public static string? Optional(string? text, string field, int maxLength = NameLength)
    {
        string? trimmed = text?.Trim();
        if (trimmed is not { Length: > 0 })
        {
            // A NUL or a tab alone is no empty text but a character that is refused.
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
        ControlPlaneException.Invalid(field, $"{field} holds a control character; printable text is expected.");

    // EnumerateRunes gives U+FFFD for half a surrogate pair: such text is no Unicode and PostgreSQL would refuse it.
    private static bool IsPrintable(Rune rune) =>
        rune.Value is not 0xFFFD
        && !IsDirectionOverride(rune.Value)
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    // They make a name read as another one: https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
    private static bool IsDirectionOverride(int rune) => rune is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);
}
