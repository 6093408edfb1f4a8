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
    public bool Matches(User user) =>
        MatchesField(Username, user.Username) && MatchesField(Email, user.Email)
        && MatchesField(FirstName, user.Settings.GetString("firstName"))
        && MatchesField(LastName, user.Settings.GetString("lastName"))
        && (Enabled is null || Enabled == user.Enabled)
        && (EmailVerified is null || EmailVerified == user.Settings.GetBoolean("emailVerified"))
        && MatchesWords(user) && MatchesAttributes(user);

    private bool MatchesField(string? filter, string? value) =>
        filter is null || (value is not null && (Exact == true
            ? value.Equals(filter, StringComparison.OrdinalIgnoreCase)
            : value.Contains(filter, StringComparison.OrdinalIgnoreCase)));

    /// <summary>
    /// Each word is a prefix of a name or the e-mail address; * is a wildcard, quotes mean an exact match.
    /// </summary>
    private bool MatchesWords(User user) =>
        (Search ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .All(word => GetSearchedValues(user).OfType<string>().Any(value => MatchesWord(value, word)));

    private static IEnumerable<string?> GetSearchedValues(User user) =>
        [user.Username, user.Email, user.Settings.GetString("firstName"), user.Settings.GetString("lastName")];

    private static bool MatchesWord(string value, string word) => word switch
    {
        ['"', .. var exact, '"'] => value.Equals(exact, StringComparison.OrdinalIgnoreCase),
        ['*', .. var part] => value.Contains(part.TrimEnd('*'), StringComparison.OrdinalIgnoreCase),
        _ => value.StartsWith(word.TrimEnd('*'), StringComparison.OrdinalIgnoreCase),
    };

    private bool MatchesAttributes(User user) =>
        (Q ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).All(pair =>
            pair.Split(':', 2) is [var name, var value]
            && user.Attributes.GetStrings(name.Trim('"')).Contains(value.Trim('"')));
}
