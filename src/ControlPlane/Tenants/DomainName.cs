using System.Globalization;
using System.Text.RegularExpressions;

namespace ControlPlane.Tenants;

/// <summary>
/// A host name of a company, in lower case, an international one as punycode (RFC 3492). IP addresses, wildcards,
/// ports, <c>localhost</c>, single labels and public mail providers are refused: an instance is always valid.
/// </summary>
public readonly partial record struct DomainName
{
    /// <summary>The length of the shortest name, such as b.co.</summary>
    public const int MinLength = 4;

    public const int MaxLength = 253;

    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    private readonly string? value;

    private DomainName(string value) => this.value = value;

    public string Value => value ?? throw new InvalidOperationException("A default DomainName has no value.");

    /// <summary>Parses a name; blanks around it are removed.</summary>
    /// <exception cref="ControlPlaneException">The text is not such a name; names the field.</exception>
    public static DomainName Parse(string? text, string field) =>
        ParseTrimmed(text is null ? null : VisibleText.Trim(text), field);

    /// <summary>Parses a name; a blank around it is an error, as within an address.</summary>
    /// <exception cref="ControlPlaneException">The text is not such a name; names the field.</exception>
    internal static DomainName ParseTrimmed(string? text, string field)
    {
        string name = ToAscii(text) ?? throw Invalid(field,
            "a host name such as example.com: no scheme, port, path, wildcard or IP address");
        if (name.EndsWith(".localhost", StringComparison.Ordinal))
        {
            throw Invalid(field, "a public host name, not a name of the local machine");
        }

        return PublicMailProviders.Contains(name)
            ? throw Invalid(field, $"your company's own domain: {name} belongs to a public mail provider")
            : new DomainName(name);
    }

    /// <summary>Parses a name that a search looks for: also that of a public mail provider.</summary>
    /// <exception cref="ControlPlaneException">The text is not a host name; names the field.</exception>
    public static DomainName ParseStored(string text, string field) => new(ToAscii(VisibleText.Trim(text))
        ?? throw Invalid(field, "a host name such as example.com"));

    /// <summary>Creates a name from a stored value, without validation.</summary>
    public static DomainName FromStorage(string text) => new(text);

    public override string ToString() => Value;

    private static string? ToAscii(string? text)
    {
        if (text is null or { Length: 0 or > MaxLength } || !text.All(IsExpected))
        {
            return null;
        }

        try
        {
            string ascii = Idn.GetAscii(text.ToLowerInvariant());
            // Labels that were given as punycode must decode to accepted characters.
            return ascii.Length <= MaxLength && HostName().IsMatch(ascii) && Idn.GetUnicode(ascii).All(IsExpected)
                ? ascii
                : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    // Full-width letters and combining accents are refused: they also have a usual form, which would look the same.
    private static bool IsExpected(char c) =>
        char.IsAscii(c)
            ? char.IsAsciiLetterOrDigit(c) || c is '-' or '.'
            : c is not ((>= '\u0300' and <= '\u036F') or (>= '\uFF00' and <= '\uFFEF'))
                && (char.IsLetterOrDigit(c) || char.GetUnicodeCategory(c)
                    is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark);

    private static ControlPlaneException Invalid(string field, string expected) =>
        ControlPlaneException.Invalid(field, $"{field} is not a usable domain; expected is {expected}.");

    // Labels of 1 to 63 characters without a hyphen at either end (RFC 1123). The last label begins with a letter,
    // which excludes everything that a browser reads as an IPv4 address.
    [GeneratedRegex(@"\A(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex HostName();
}
