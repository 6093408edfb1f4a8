namespace Sandbox.Keycloak.Model;

/// <summary>
/// A client of a realm. <see cref="Settings"/> is its representation without id and clientId.
/// </summary>
public sealed record Client(string Id, string ClientId, Document Settings)
{
    public const string LightweightTokens = "client.use.lightweight.access.token.enabled";
    public const string ChallengeMethod = "pkce.code.challenge.method";

    public bool Enabled => Settings.GetBoolean("enabled");

    public bool IsPublic => Settings.GetBoolean("publicClient");

    public string? Secret => Settings.GetString("secret");

    public bool SeesAllRoles => Settings.GetBoolean("fullScopeAllowed");

    public bool HasLightweightTokens => Settings.GetObject("attributes").GetBoolean(LightweightTokens);

    /// <summary>The required PKCE challenge method; null if the client requires none.</summary>
    public string? RequiredChallenge =>
        Settings.GetObject("attributes").GetString(ChallengeMethod) is { Length: > 0 } method ? method : null;

    public IEnumerable<Document> Mappers => Settings.GetObjects("protocolMappers");

    /// <summary>The allowed CORS origins; + in the settings stands for the origins of the redirect URIs.</summary>
    public IReadOnlyList<string> Origins =>
    [
        .. Settings.GetStrings("webOrigins")
            .SelectMany(origin => origin == "+"
                ? Settings.GetStrings("redirectUris").Select(GetOrigin).OfType<string>() : [origin])
            .Distinct(),
    ];

    private static string? GetOrigin(string uri) =>
        Uri.TryCreate(uri, UriKind.Absolute, out var parsed) ? parsed.GetLeftPart(UriPartial.Authority) : null;
}
