using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Oidc;

/// <summary>Validates redirect URIs against the patterns of a client.</summary>
internal static class RedirectUris
{
    public static bool IsAllowed(string baseUrl, Client client, string? uri) =>
        uri is not null && IsUnambiguous(uri) && client.Settings.GetStrings("redirectUris")
            .Any(pattern => Matches(ToAbsolute(baseUrl, client, pattern), uri));

    /// <summary>
    /// Post-logout redirect URIs: the attribute lists them, separated by ##; + stands for the redirect URIs of the
    /// login.
    /// </summary>
    public static bool IsAllowedAfterLogout(string baseUrl, Client client, string uri)
    {
        var attribute = client.Settings.GetObject("attributes").GetString("post.logout.redirect.uris");
        var patterns = (attribute ?? "+").Split("##");
        return (patterns.Contains("+") && IsAllowed(baseUrl, client, uri))
            || (IsUnambiguous(uri) && patterns.Any(pattern => Matches(ToAbsolute(baseUrl, client, pattern), uri)));
    }

    private static bool Matches(string pattern, string uri) =>
        MatchesPattern(pattern, uri) || (WithoutLoopbackPort(uri) is { } portless && MatchesPattern(pattern, portless));

    private static bool MatchesPattern(string pattern, string uri)
    {
        if (!pattern.EndsWith('*'))
            return pattern == uri;
        var prefix = pattern[..^1];
        // https://acme.example/* also allows https://acme.example.
        return uri.StartsWith(prefix, StringComparison.Ordinal) || (prefix.EndsWith('/') && uri == prefix[..^1]);
    }

    /// <summary>RFC 8252: the port of a loopback redirect URI is not compared.</summary>
    private static string? WithoutLoopbackPort(string uri) =>
        Uri.TryCreate(uri, UriKind.Absolute, out var parsed) && parsed is { Scheme: "http", IsDefaultPort: false }
        && parsed.Host is "127.0.0.1" or "localhost" or "[::1]"
            ? uri.Replace($":{parsed.Port}", "", StringComparison.Ordinal) : null;

    /// <summary>
    /// Rejects URIs that a browser and a prefix match could interpret differently: user info, white space, "..".
    /// </summary>
    private static bool IsUnambiguous(string uri) =>
        Uri.TryCreate(uri, UriKind.Absolute, out var parsed)
        && parsed.UserInfo.Length == 0
        && !uri.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c == '\\')
        && !Uri.UnescapeDataString(uri).Split('?')[0].Split('/').Contains("..");

    private static string ToAbsolute(string baseUrl, Client client, string pattern) =>
        pattern.StartsWith('/') ? GetRoot(baseUrl, client) + pattern : pattern;

    private static string GetRoot(string baseUrl, Client client) => client.Settings.GetString("rootUrl") switch
    {
        null or "" or "${authBaseUrl}" or "${authAdminUrl}" => baseUrl,
        var root => root.TrimEnd('/'),
    };
}
