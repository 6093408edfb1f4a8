using System.Text.RegularExpressions;
using ControlPlane.Tenants;

namespace ControlPlane.Leads;

/// <summary>
/// An email address at a company's own domain. The domain is in lower case, an international one as punycode. The local
/// part has the unquoted form of RFC 5321, which mail systems use in practice: at most 64 of 254 characters.
/// </summary>
public readonly partial record struct EmailAddress
{
    /// <summary>The length of the shortest address, such as a@b.co.</summary>
    public const int MinLength = 6;

    public const int MaxLength = 254;

    private EmailAddress(string local, DomainName domain)
    {
        Local = local;
        Domain = domain;
    }

    public string Local { get; }

    public DomainName Domain { get; }

    public string Value => $"{Local}@{Domain}";

    /// <summary>
    /// The mailbox of the address, as far as it is known: different addresses of one mailbox have the same. Case and a
    /// tag after <c>+</c> do not count, nor do dots at providers that ignore them.
    /// </summary>
    public string Mailbox
    {
        get
        {
            int plus = Local.IndexOf('+', StringComparison.Ordinal);
            string name = (plus > 0 ? Local[..plus] : Local).ToLowerInvariant();
            // https://support.google.com/mail/answer/7436150
            return Domain.Value is "gmail.com" or "googlemail.com"
                ? $"{name.Replace(".", "", StringComparison.Ordinal)}@gmail.com"
                : $"{name}@{Domain}";
        }
    }

    /// <summary>Parses an address; blanks around it are removed.</summary>
    /// <exception cref="ControlPlaneException">
    /// Not an address, or an address at a public mail provider; names the field.
    /// </exception>
    public static EmailAddress Parse(string? text, string field = "email") =>
        Parse(text, field, DomainName.ParseTrimmed);

    /// <summary>Parses an address that a search looks for: also one at a public mail provider.</summary>
    /// <exception cref="ControlPlaneException">The text is not an address; names the field.</exception>
    public static EmailAddress ParseStored(string text, string field = "email") =>
        Parse(text, field, DomainName.ParseStored);

    /// <summary>Creates an address from a stored value, without validation.</summary>
    public static EmailAddress FromStorage(string text)
    {
        int at = text.LastIndexOf('@');
        return new EmailAddress(text[..at], DomainName.FromStorage(text[(at + 1)..]));
    }

    /// <summary>Returns a masked form for logs: <c>a***@example.com</c>.</summary>
    public override string ToString() => $"{Local[0]}***@{Domain}";

    private static EmailAddress Parse(string? text, string field, Func<string, string, DomainName> parseDomain)
    {
        text = text is null ? null : VisibleText.Trim(text);
        int at = text?.LastIndexOf('@') ?? -1;
        if (text is not { Length: <= MaxLength } || at < 1 || at > 64 || !LocalPart().IsMatch(text.AsSpan(0, at)))
        {
            throw Invalid(field);
        }

        // Punycode is longer than the typed domain, and mail is sent to the punycode form.
        var address = new EmailAddress(text[..at], parseDomain(text[(at + 1)..], field));
        return address.Value.Length <= MaxLength ? address : throw Invalid(field);
    }

    private static ControlPlaneException Invalid(string field) => ControlPlaneException.Invalid(field,
        $"{field} is not an email address; one such as admin@example.com with at most {MaxLength} characters "
        + "is expected.");

    [GeneratedRegex(@"\A[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+)*\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex LocalPart();
}
