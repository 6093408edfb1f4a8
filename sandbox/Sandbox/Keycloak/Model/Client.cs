namespace Sandbox.Keycloak.Model;

/// <summary>
/// A client of a realm. <see cref="Settings"/> is its representation without id and clientId.
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

    /// <summary>The required PKCE challenge method; null if the client requires none.</summary>
    public string? RequiredChallenge =>
        Settings.Section("attributes").Text(ChallengeMethod) is { Length: > 0 } method ? method : null;

    public IEnumerable<Document> Mappers => Settings.Items("protocolMappers");

    /// <summary>The allowed CORS origins; + in the settings stands for the origins of the redirect URIs.</summary>
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
