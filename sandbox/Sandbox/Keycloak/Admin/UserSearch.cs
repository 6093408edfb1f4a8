using Microsoft.AspNetCore.Mvc;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Admin;

/// <summary>The filters of a user list. A field matches a part of a value, or with exact the whole value.</summary>
internal sealed record UserSearch(
    [FromQuery] string? Username,
    [FromQuery] string? Email,
    [FromQuery] string? FirstName,
    [FromQuery] string? LastName,
    [FromQuery] string? Search,
    [FromQuery] string? Q,
    [FromQuery] bool? Exact,
    [FromQuery] bool? Enabled,
    [FromQuery] bool? EmailVerified,
    [FromQuery] bool? BriefRepresentation,
    [FromQuery] int? First,
    [FromQuery] int? Max)
{
    public bool Finds(User user) =>
        Matches(Username, user.Username) && Matches(Email, user.Email)
        && Matches(FirstName, user.Settings.Text("firstName")) && Matches(LastName, user.Settings.Text("lastName"))
        && (Enabled is null || Enabled == user.Enabled)
        && (EmailVerified is null || EmailVerified == user.Settings.Flag("emailVerified"))
        && HasWords(user) && HasAttributes(user);

    private bool Matches(string? wanted, string? value) =>
        wanted is null || (value is not null && (Exact == true
            ? value.Equals(wanted, StringComparison.OrdinalIgnoreCase)
            : value.Contains(wanted, StringComparison.OrdinalIgnoreCase)));

    /// <summary>
    /// Each word is a prefix of a name or the e-mail address; * is a wildcard, quotes mean an exact match.
    /// </summary>
    private bool HasWords(User user) =>
        (Search ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .All(word => Searched(user).OfType<string>().Any(value => HasWord(value, word)));

    private static IEnumerable<string?> Searched(User user) =>
        [user.Username, user.Email, user.Settings.Text("firstName"), user.Settings.Text("lastName")];

    private static bool HasWord(string value, string word) => word switch
    {
        ['"', .. var exact, '"'] => value.Equals(exact, StringComparison.OrdinalIgnoreCase),
        ['*', .. var part] => value.Contains(part.TrimEnd('*'), StringComparison.OrdinalIgnoreCase),
        _ => value.StartsWith(word.TrimEnd('*'), StringComparison.OrdinalIgnoreCase),
    };

    private bool HasAttributes(User user) =>
        (Q ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).All(pair =>
            pair.Split(':', 2) is [var name, var value]
            && user.Attributes.Texts(name.Trim('"')).Contains(value.Trim('"')));
}
