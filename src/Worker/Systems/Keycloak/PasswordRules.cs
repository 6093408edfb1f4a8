using ControlPlane.Invitations;
using ControlPlane.Tenants;

namespace Worker.Systems.Keycloak;

/// <summary>The password policy of tenants' realms.</summary>
internal static class PasswordRules
{
    // Words that head the public lists of leaked passwords, in the languages of our customers, and rows of keyboards.
    private static readonly string[] CommonWords =
    [
        "123qwe", "1q2w3e", "1q2w3e4r", "1q2w3e4r5t", "1q2w3e4r5t6y", "1qaz2wsx", "1qaz2wsx3edc", "abc", "abcd",
        "abcdef", "abcdefgh", "admin", "administrator", "asdf", "asdfgh", "asdfghjkl", "azerty", "azertyuiop",
        "baseball", "changeit", "changeme", "charlie", "company", "computer", "default", "dragon", "football",
        "geheim", "hallo", "hello", "herbst", "iloveyou", "internet", "letmein", "login", "master", "michael",
        "monkey", "motdepasse", "p4ssword", "pa55word", "pass", "passw0rd", "password", "passwort", "princess",
        "qazwsx", "qwert", "qwerty", "qwertyuiop", "qwertz", "qwertzuiop", "secret", "sommer", "spring", "starwars",
        "summer", "sunshine", "superman", "system", "test", "trustno", "user", "welcome", "whatever", "willkommen",
        "winter", "zxcvbn", "zxcvbnm",
    ];

    /// <summary>
    /// <see cref="PasswordRule"/> as Keycloak reads it: not the user's name or address; not made of common words and
    /// the tenant's key, or of digits, or of one character. Keycloak's own block list is a file on its server, so the
    /// words are in a pattern.
    /// </summary>
    public static string For(TenantKey key) =>
        $"length({PasswordRule.MinLength}) and maxLength({AcceptInvitation.MaxPasswordLength}) "
        + "and notUsername(undefined) and notContainsUsername(undefined) "
        + $"and notEmail(undefined) and regexPattern({Pattern(key)})";

    // Digits and signs around and between the words do not help: "Password2026!" is common too.
    private static string Pattern(TenantKey key) =>
        $@"^(?!(?i:[\d\W_]*(?:(?:{string.Join('|', CommonWords.Append(key.Value))})[\d\W_]*)+$))(?!\d+$)(?!(.)\1*$).*$";
}
