using System.Globalization;
using System.Text.RegularExpressions;

namespace ControlPlane.Tenants;

/// <summary>
/// A company's host name in lower case, international ones as punycode (RFC 3492). No address, wildcard, port,
/// <c>localhost</c>, single label or public mail provider: text that is no such name cannot become one.
/// </summary>
public readonly partial record struct DomainName
{
    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    private readonly string? value;

    private DomainName(string value) => this.value = value;

    public string Value => value ?? throw new InvalidOperationException("A default DomainName names no host.");

    /// <exception cref="ControlPlaneException">Not such a name; names the field.</exception>
    public static DomainName Parse(string? text, string field)
    {
        string name = ToAscii(text) ?? throw Invalid(field,
            "a host name such as example.com: no scheme, port, path, wildcard or IP address");
        if (name.EndsWith(".localhost", StringComparison.Ordinal))
        {
            throw Invalid(field, "a public host name, not one of this machine");
        }

        return PublicMailProviders.Contains(name)
            ? throw Invalid(field, $"a domain of your own: {name} is a public mail provider's")
            : new DomainName(name);
    }

    /// <summary>For what the database already holds.</summary>
    public static DomainName FromStorage(string text) => new(text);

    public override string ToString() => Value;

    private static string? ToAscii(string? text)
    {
        if (text is null or { Length: 0 or > 253 } || !text.All(IsExpected))
        {
            return null;
        }

        try
        {
            string ascii = Idn.GetAscii(text.ToLowerInvariant());
            // What came as punycode must stand for something, too.
            return ascii.Length <= 253 && HostName().IsMatch(ascii) && Idn.GetUnicode(ascii).All(IsExpected)
                ? ascii
                : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    // Full-width letters and combining accents have another, usual form; both would be two names that look the same.
    private static bool IsExpected(char c) =>
        char.IsAscii(c)
            ? char.IsAsciiLetterOrDigit(c) || c is '-' or '.'
            : c is not ((>= '\u0300' and <= '\u036F') or (>= '\uFF00' and <= '\uFFEF'))
                && (char.IsLetterOrDigit(c) || char.GetUnicodeCategory(c)
                    is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark);

    private static ControlPlaneException Invalid(string field, string expected) =>
        ControlPlaneException.Invalid(field, $"{field} is no domain that can be used; expected is {expected}.");

    // Labels of 1 to 63 characters without a hyphen at either end (RFC 1123); the last one begins with a letter, so
    // that nothing a browser reads as an IPv4 address passes.
    [GeneratedRegex(@"\A(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex HostName();
}
