namespace Sandbox.Keycloak.Model;

/// <summary>
/// An application known to a realm. <see cref="Settings"/> is its representation without id and clientId.
/// </summary>
public sealed record Client(string Id, string ClientId, Document Settings)
{
    public const string LightweightTokens = "client.use.lightweight.access.token.enabled";
    public const string ChallengeMethod = "pkce.code.challenge.method";

    public bool Enabled => Settings.Flag("enabled");

    public bool IsPublic => Settings.Flag("publicClient");

    public string? Secret => Settings.Text("secret");

    public bool SeesAllRoles => Settings.Flag("fullScopeAllowed");

    public bool HasLightweightTokens => Settings.Section("attributes").Flag(LightweightTokens);

    /// <summary>The challenge method that a login must use; null where the client does not care.</summary>
    public string? RequiredChallenge =>
        Settings.Section("attributes").Text(ChallengeMethod) is { Length: > 0 } method ? method : null;

    public IEnumerable<Document> Mappers => Settings.Items("protocolMappers");

    /// <summary>
    /// The origins from which pages may use the client's tokens; + stands for those of its redirect URIs.
    /// </summary>
    public IReadOnlyList<string> Origins =>
    [
        .. Settings.Texts("webOrigins")
            .SelectMany(origin => origin == "+"
                ? Settings.Texts("redirectUris").Select(Origin).OfType<string>() : [origin])
            .Distinct(),
    ];

    private static string? Origin(string uri) =>
        Uri.TryCreate(uri, UriKind.Absolute, out var parsed) ? parsed.GetLeftPart(UriPartial.Authority) : null;
}
