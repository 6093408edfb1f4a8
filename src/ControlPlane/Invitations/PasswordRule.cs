using System.Globalization;

namespace ControlPlane.Invitations;

/// <summary>The rule of tenants' realms for passwords, as a person reads it before the first try.</summary>
public static class PasswordRule
{
    public const int MinLength = 12;

    public static string Sentence { get; } = string.Create(CultureInfo.InvariantCulture,
        $"At least {MinLength} characters. Not your login name, not only digits, and not made of common words or of "
        + $"the short name of your workspace.");
}
