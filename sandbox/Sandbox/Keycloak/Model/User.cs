using System.Collections.Immutable;

namespace Sandbox.Keycloak.Model;

/// <summary>
/// A person or the service account of a client. <see cref="Settings"/> holds the representation's other fields.
/// </summary>
public sealed record User(string Id, string Username, Document Settings)
{
    public const string UpdatePassword = "UPDATE_PASSWORD";

    /// <summary>Newest first; older ones are kept for the password history.</summary>
    public ImmutableList<Password> Passwords { get; init; } = [];

    /// <summary>Ids of the directly assigned roles.</summary>
    public ImmutableHashSet<string> Roles { get; init; } = [];

    /// <summary>The id of the client whose service account this is.</summary>
    public string? ServiceAccountOf { get; init; }

    /// <summary>Older tokens are not valid; in seconds since 1970.</summary>
    public long NotBefore { get; init; }

    public bool Enabled => Settings.GetBoolean("enabled");

    public string? Email => Settings.GetString("email");

    public IReadOnlyList<string> RequiredActions => Settings.GetStrings("requiredActions");

    public Document Attributes => Settings.GetObject("attributes");

    /// <summary>The values of an attribute, including username, e-mail address and names.</summary>
    public IReadOnlyList<string> Values(string attribute) => attribute switch
    {
        "username" => [Username],
        "email" or "firstName" or "lastName" => Settings.GetStrings(attribute),
        _ => Attributes.GetStrings(attribute),
    };
}
