using System.Buffers;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Admin;

/// <summary>The validation of realm settings, as in the real server.</summary>
internal static class RealmRules
{
    private const int MaxTextLength = 255;

    // The name also has to fit into the names of the default role and of the client in master.
    private const int MaxNameLength = MaxTextLength - 14;

    private static readonly SearchValues<char> Reserved = SearchValues.Create(":/?#@!$&()*+,;=[]\\");

    /// <exception cref="KeycloakException">400: contains a character that is reserved in URLs.</exception>
    public static void CheckName(string name)
    {
        if (name.AsSpan().IndexOfAny(Reserved) is >= 0 and var found)
            throw KeycloakException.Error(400, $"Character '{name[found]}' not allowed.");
    }

    /// <exception cref="KeycloakException">400: too long, or invalid password policy. 500: unknown value.</exception>
    public static void CheckSettings(Document sent)
    {
        foreach (var field in (string[])["displayName", "displayNameHtml", "loginTheme", "emailTheme"])
        {
            if (sent.GetString(field) is { Length: > MaxTextLength })
                throw KeycloakException.ErrorMessage(400, "Database operation failed");
        }
        if (sent.GetString("realm") is { Length: > MaxNameLength })
            throw KeycloakException.ErrorMessage(400, "Database operation failed");
        if (sent.GetString("sslRequired") is { } ssl && ssl.ToLowerInvariant() is not ("all" or "external" or "none"))
            throw KeycloakException.UnknownError;
        PasswordPolicy.Parse(sent.GetString("passwordPolicy"));
    }
}
