using System.Globalization;
using System.Text.RegularExpressions;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Admin;

/// <summary>The password policy of a realm, for example <c>length(12) and notUsername(undefined)</c>.</summary>
internal sealed partial class PasswordPolicy
{
    /// <summary>In the order in which the real server checks them: it reports the first violation.</summary>
    private static readonly string[] KnownRules =
    [
        "notContainsUsername", "specialChars", "upperCase", "passwordHistory", "lowerCase", "length", "regexPattern",
        "digits", "notUsername", "maxLength", "notEmail",
        // Not rules for the password itself: accepted and ignored.
        "forceExpiredPasswordChange", "hashAlgorithm", "hashIterations", "passwordBlacklist",
        "recoveryCodesWarningThreshold",
    ];

    private readonly Dictionary<string, string> rules = [];

    private PasswordPolicy()
    {
    }

    /// <exception cref="KeycloakException">400: unknown rule, or an invalid value. 500: a block list.</exception>
    public static PasswordPolicy Parse(string? text)
    {
        var policy = new PasswordPolicy();
        const StringSplitOptions Parts = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        foreach (var part in (text ?? "").Split(" and ", Parts))
        {
            var rule = RulePattern().Match(part);
            var name = rule.Groups["name"].Value;
            if (!rule.Success || !KnownRules.Contains(name))
                throw KeycloakException.ErrorMessage(400, "Password policy not found");
            var value = rule.Groups["value"].Value;
            if (IsNumeric(name) && value is not ("" or "undefined")
                && !int.TryParse(value, CultureInfo.InvariantCulture, out _))
                throw KeycloakException.ErrorMessage(400, $"Invalid config for {name}: Not a valid number");
            if (name == "regexPattern" && !IsRegex(value))
            {
                throw KeycloakException.ErrorMessage(
                    400, "Invalid config for regexPattern: Not a valid regular expression");
            }
            // The real server reads the list from a file below its own folder.
            if (name == "passwordBlacklist")
                throw KeycloakException.ErrorMessage(500, "Failed to update realm");
            policy.rules[name] = value;
        }
        return policy;
    }

    public static PasswordPolicy Parse(Realm realm) => Parse(realm.Settings.GetString("passwordPolicy"));

    /// <summary>The number of old passwords to keep in addition to the current one.</summary>
    public int RetainedPasswords => Math.Max(0, GetLimit("passwordHistory", 3) - 1);

    /// <summary>Returns the error for the first violated rule, or null.</summary>
    public KeycloakException? Check(User user, string password) =>
        KnownRules.Where(rules.ContainsKey)
            .Select(name => Check(name, user, password))
            .FirstOrDefault(violation => violation is not null);

    private KeycloakException? Check(string name, User user, string password) => name switch
    {
        "length" => CheckMinimum(password.Length, GetLimit(name, 8), "MinLength", "minimum length {0}."),
        "maxLength" when password.Length > GetLimit(name, 64) =>
            Violation("MaxLength", $"maximum length {GetLimit(name, 64)}."),
        "digits" => CheckMinimum(password.Count(char.IsDigit), GetLimit(name, 1), "MinDigits",
            "must contain at least {0} numerical digits."),
        "lowerCase" => CheckMinimum(password.Count(char.IsLower), GetLimit(name, 1), "MinLowerCaseChars",
            "must contain at least {0} lower case characters."),
        "upperCase" => CheckMinimum(password.Count(char.IsUpper), GetLimit(name, 1), "MinUpperCaseChars",
            "must contain at least {0} upper case characters."),
        "specialChars" => CheckMinimum(password.Count(c => !char.IsLetterOrDigit(c)), GetLimit(name, 1),
            "MinSpecialChars", "must contain at least {0} special characters."),
        "notUsername" when password.Equals(user.Username, StringComparison.OrdinalIgnoreCase) =>
            Violation("NotUsername", "must not be equal to the username."),
        "notContainsUsername" when password.Contains(user.Username, StringComparison.OrdinalIgnoreCase) =>
            Violation("NotContainsUsername", "Can not contain the username."),
        "notEmail" when password.Equals(user.Email, StringComparison.OrdinalIgnoreCase) =>
            Violation("NotEmail", "must not be equal to the email."),
        "regexPattern" when !Regex.IsMatch(password, $"^(?:{rules[name]})$") =>
            Violation("RegexPattern", "fails to match regex pattern(s)."),
        "passwordHistory" when user.Passwords.Take(GetLimit(name, 3)).Any(old => old.Matches(password)) =>
            Violation("History", $"must not be equal to any of last {GetLimit(name, 3)} passwords."),
        _ => null,
    };

    private int GetLimit(string name, int defaultValue) =>
        rules.TryGetValue(name, out var value)
            ? int.TryParse(value, CultureInfo.InvariantCulture, out var count) ? count : defaultValue
            : 0;

    private static bool IsRegex(string pattern)
    {
        try
        {
            _ = new Regex(pattern);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static bool IsNumeric(string name) =>
        name is "length" or "maxLength" or "digits" or "lowerCase" or "upperCase" or "specialChars" or "passwordHistory"
            or "hashIterations" or "forceExpiredPasswordChange" or "recoveryCodesWarningThreshold";

    private static KeycloakException? CheckMinimum(int actual, int minimum, string rule, string text)
    {
        var limit = minimum.ToString(CultureInfo.InvariantCulture);
        return actual >= minimum ? null : Violation(rule, text.Replace("{0}", limit, StringComparison.Ordinal));
    }

    private static KeycloakException Violation(string rule, string text) =>
        KeycloakException.OAuthError(400, $"invalidPassword{rule}Message", "Invalid password: " + text);

    [GeneratedRegex(@"^(?<name>\w+)(\((?<value>.*)\))?$")]
    private static partial Regex RulePattern();
}
