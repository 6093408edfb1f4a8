using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Oidc;

/// <summary>Validates redirect URIs against the patterns of a client.</summary>
internal static class RedirectUris
{
    public static bool Allows(string baseUrl, Client client, string? uri) =>
        uri is not null && IsPlain(uri) && client.Settings.Texts("redirectUris")
            .Any(pattern => Matches(Absolute(baseUrl, client, pattern), uri));

    /// <summary>
    /// Post-logout redirect URIs: the attribute lists them, separated by ##; + stands for the redirect URIs of the
    /// login.
    /// </summary>
    public static bool AllowsAfterLogout(string baseUrl, Client client, string uri)
    {
        var patterns = (client.Settings.Section("attributes").Text("post.logout.redirect.uris") ?? "+").Split("##");
        return (patterns.Contains("+") && Allows(baseUrl, client, uri))
            || (IsPlain(uri) && patterns.Any(pattern => Matches(Absolute(baseUrl, client, pattern), uri)));
    }

    private static bool Matches(string pattern, string uri) =>
        Covers(pattern, uri) || (WithoutLoopbackPort(uri) is { } portless && Covers(pattern, portless));

    private static bool Covers(string pattern, string uri)
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
    private static bool IsPlain(string uri) =>
        Uri.TryCreate(uri, UriKind.Absolute, out var parsed)
        && parsed.UserInfo.Length == 0
        && !uri.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c == '\\')
        && !Uri.UnescapeDataString(uri).Split('?')[0].Split('/').Contains("..");

    private static string Absolute(string baseUrl, Client client, string pattern) =>
        pattern.StartsWith('/') ? Root(baseUrl, client) + pattern : pattern;

    private static string Root(string baseUrl, Client client) => client.Settings.Text("rootUrl") switch
    {
        null or "" or "${authBaseUrl}" or "${authAdminUrl}" => baseUrl,
        var root => root.TrimEnd('/'),
    };
}
