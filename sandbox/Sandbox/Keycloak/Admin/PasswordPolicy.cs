using System.Globalization;
using System.Text.RegularExpressions;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Admin;

/// <summary>The password policy of a realm, for example <c>length(12) and notUsername(undefined)</c>.</summary>
internal sealed partial class PasswordPolicy
{
    /// <summary>In the order in which the real server checks them: it reports the first violation.</summary>
    private static readonly string[] Known =
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

    /// <exception cref="Refusal">400: unknown rule, or its value is not a number.</exception>
    public static PasswordPolicy Parse(string? text)
    {
        var policy = new PasswordPolicy();
        const StringSplitOptions Parts = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        foreach (var part in (text ?? "").Split(" and ", Parts))
        {
            var rule = Rule().Match(part);
            var name = rule.Groups["name"].Value;
            if (!rule.Success || !Known.Contains(name))
                throw Refusal.Because(400, "Password policy not found");
            var value = rule.Groups["value"].Value;
            if (IsCounted(name) && value is not ("" or "undefined")
                && !int.TryParse(value, CultureInfo.InvariantCulture, out _))
                throw Refusal.Because(400, $"Invalid config for {name}: Not a valid number");
            policy.rules[name] = value;
        }
        return policy;
    }

    public static PasswordPolicy Of(Realm realm) => Parse(realm.Settings.Text("passwordPolicy"));

    /// <summary>The number of old passwords to keep in addition to the current one.</summary>
    public int History => Math.Max(0, Count("passwordHistory", 3) - 1);

    /// <summary>Returns the error for the first violated rule, or null.</summary>
    public Refusal? Check(User user, string password) =>
        Known.Where(rules.ContainsKey)
            .Select(name => Check(name, user, password))
            .FirstOrDefault(broken => broken is not null);

    private Refusal? Check(string name, User user, string password) => name switch
    {
        "length" => AtLeast(password.Length, Count(name, 8), "MinLength", "minimum length {0}."),
        "maxLength" when password.Length > Count(name, 64) =>
            Broken("MaxLength", $"maximum length {Count(name, 64)}."),
        "digits" => AtLeast(password.Count(char.IsDigit), Count(name, 1), "MinDigits",
            "must contain at least {0} numerical digits."),
        "lowerCase" => AtLeast(password.Count(char.IsLower), Count(name, 1), "MinLowerCaseChars",
            "must contain at least {0} lower case characters."),
        "upperCase" => AtLeast(password.Count(char.IsUpper), Count(name, 1), "MinUpperCaseChars",
            "must contain at least {0} upper case characters."),
        "specialChars" => AtLeast(password.Count(c => !char.IsLetterOrDigit(c)), Count(name, 1), "MinSpecialChars",
            "must contain at least {0} special characters."),
        "notUsername" when password.Equals(user.Username, StringComparison.OrdinalIgnoreCase) =>
            Broken("NotUsername", "must not be equal to the username."),
        "notContainsUsername" when password.Contains(user.Username, StringComparison.OrdinalIgnoreCase) =>
            Broken("NotContainsUsername", "Can not contain the username."),
        "notEmail" when password.Equals(user.Email, StringComparison.OrdinalIgnoreCase) =>
            Broken("NotEmail", "must not be equal to the email."),
        "regexPattern" when !Regex.IsMatch(password, $"^(?:{rules[name]})$") =>
            Broken("RegexPattern", "fails to match regex pattern(s)."),
        "passwordHistory" when user.Passwords.Take(Count(name, 3)).Any(old => old.Matches(password)) =>
            Broken("History", $"must not be equal to any of last {Count(name, 3)} passwords."),
        _ => null,
    };

    private int Count(string name, int otherwise) =>
        rules.TryGetValue(name, out var value)
            ? int.TryParse(value, CultureInfo.InvariantCulture, out var count) ? count : otherwise
            : 0;

    private static bool IsCounted(string name) =>
        name is "length" or "maxLength" or "digits" or "lowerCase" or "upperCase" or "specialChars" or "passwordHistory"
            or "hashIterations" or "forceExpiredPasswordChange" or "recoveryCodesWarningThreshold";

    private static Refusal? AtLeast(int found, int wanted, string rule, string text) => found >= wanted
        ? null
        : Broken(rule, text.Replace("{0}", wanted.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));

    private static Refusal Broken(string rule, string text) =>
        Refusal.OAuth(400, $"invalidPassword{rule}Message", "Invalid password: " + text);

    [GeneratedRegex(@"^(?<name>\w+)(\((?<value>.*)\))?$")]
    private static partial Regex Rule();
}
