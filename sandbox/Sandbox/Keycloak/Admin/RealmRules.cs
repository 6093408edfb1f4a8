using System.Buffers;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Admin;

/// <summary>What the real server refuses in the settings of a realm.</summary>
internal static class RealmRules
{
    private const int LongestText = 255;

    // The names of a realm's default role and of its client in master must fit as well.
    private const int LongestName = LongestText - 14;

    private static readonly SearchValues<char> Reserved = SearchValues.Create(":/?#@!$&()*+,;=[]\\");

    /// <exception cref="Refusal">400: has a character that an address could not carry.</exception>
    public static void CheckName(string name)
    {
        if (name.AsSpan().IndexOfAny(Reserved) is >= 0 and var found)
            throw Refusal.Error(400, $"Character '{name[found]}' not allowed.");
    }

    /// <exception cref="Refusal">
    /// 400: too long for the database, or no password policy. 500: no known value.
    /// </exception>
    public static void CheckSettings(Document sent)
    {
        foreach (var field in (string[])["displayName", "displayNameHtml", "loginTheme", "emailTheme"])
        {
            if (sent.Text(field) is { Length: > LongestText })
                throw Refusal.Because(400, "Database operation failed");
        }
        if (sent.Text("realm") is { Length: > LongestName })
            throw Refusal.Because(400, "Database operation failed");
        if (sent.Text("sslRequired") is { } ssl && ssl.ToLowerInvariant() is not ("all" or "external" or "none"))
            throw Refusal.Failed;
        PasswordPolicy.Parse(sent.Text("passwordPolicy"));
    }
}
