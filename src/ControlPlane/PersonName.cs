using System.Text.RegularExpressions;

namespace ControlPlane;

/// <summary>
/// The rule for names of persons and companies. Sign-up and the user profile of each tenant's realm use the same
/// <see cref="Pattern"/>: Keycloak's own rule refuses names such as "Bob &amp; Sally" at the first login.
/// </summary>
public static partial class PersonName
{
    /// <summary>
    /// At least one visible character; no markup, no control character, no override of the direction. It has the same
    /// meaning in .NET and in Java, in which Keycloak evaluates it.
    /// </summary>
    public const string Pattern = "^" + Field.SomethingVisible + Characters;

    /// <summary>The same without the need of a visible character, for a name that may be missing.</summary>
    public const string OptionalPattern = "^" + Characters;

    private const string Characters = @"[^<>\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]*$";

    /// <returns>The trimmed name.</returns>
    /// <exception cref="ControlPlaneException">Missing, too long, not printable or with markup.</exception>
    public static string Required(string? text, string field) => WithoutMarkup(Field.Required(text, field), field);

    /// <returns>The trimmed name, or null if it is missing.</returns>
    /// <exception cref="ControlPlaneException">Too long, not printable or with markup.</exception>
    public static string? Optional(string? text, string field) =>
        Field.Optional(text, field) is { } name ? WithoutMarkup(name, field) : null;

    private static string WithoutMarkup(string name, string field) => Allowed().IsMatch(name)
        ? name
        : throw ControlPlaneException.Invalid(field,
            $"{field} contains '<' or '>', which begin and end markup; a name without them is expected.");

    [GeneratedRegex(Pattern, RegexOptions.CultureInvariant)]
    private static partial Regex Allowed();
}
