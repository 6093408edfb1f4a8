using System.Text.RegularExpressions;
using ControlPlane.Tenants;

namespace ControlPlane.Leads;

/// <summary>
/// An address at a company's own domain, the domain in lower case and international ones as punycode. The local part is
/// the unquoted form of RFC 5321 (at most 64 characters, 254 in all): what mail systems really use.
/// </summary>
public readonly partial record struct EmailAddress
{
    public const int MaxLength = 254;

    private EmailAddress(string local, DomainName domain)
    {
        Local = local;
        Domain = domain;
    }

    public string Local { get; }

    public DomainName Domain { get; }

    public string Value => $"{Local}@{Domain}";

    /// <exception cref="ControlPlaneException">
    /// Not an address, or a public mail provider's; names the field.
    /// </exception>
    public static EmailAddress Parse(string? text, string field = "email")
    {
        int at = text?.LastIndexOf('@') ?? -1;
        if (text is not { Length: <= MaxLength } || at < 1 || at > 64 || !LocalPart().IsMatch(text.AsSpan(0, at)))
        {
            throw Invalid(field);
        }

        // As punycode a domain is longer than it was typed, and this form is the one that mail goes to.
        var address = new EmailAddress(text[..at], DomainName.Parse(text[(at + 1)..], field));
        return address.Value.Length <= MaxLength ? address : throw Invalid(field);
    }

    /// <summary>For what the database already holds.</summary>
    public static EmailAddress FromStorage(string text)
    {
        int at = text.LastIndexOf('@');
        return new EmailAddress(text[..at], DomainName.FromStorage(text[(at + 1)..]));
    }

    /// <summary>Masked, so that it can stand in a log: <c>a***@example.com</c>.</summary>
    public override string ToString() => $"{Local[0]}***@{Domain}";

    private static ControlPlaneException Invalid(string field) => ControlPlaneException.Invalid(field,
        $"{field} is no address; expected is one such as admin@example.com, at most {MaxLength} characters.");

    [GeneratedRegex(@"\A[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+)*\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex LocalPart();
}
