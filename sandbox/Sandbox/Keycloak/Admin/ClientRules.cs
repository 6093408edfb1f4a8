using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Admin;

/// <summary>The validation and the default web origins of a client, as in the real server.</summary>
internal static class ClientRules
{
    private static readonly string[] IllegalSchemes = ["javascript", "data"];

    /// <exception cref="KeycloakException">400.</exception>
    public static void Check(Document sent)
    {
        if (sent.GetString("clientId") is { } clientId && string.IsNullOrWhiteSpace(clientId))
            throw Invalid("Client ID cannot be blank");
        foreach (var uri in sent.GetStrings("redirectUris"))
        {
            if (uri.Split(':', 2) is [var scheme, _] && IllegalSchemes.Contains(scheme.ToLowerInvariant()))
                throw Invalid("A redirect URI uses an illegal scheme");
            if (uri.Contains('#', StringComparison.Ordinal))
                throw Invalid("A redirect URI must not contain an URL fragment");
        }
    }

    /// <summary>Derives the web origins from the redirect URIs if the client sets none.</summary>
    public static Document WithOrigins(Document sent)
    {
        if (sent.Has("webOrigins") || sent.GetStrings("redirectUris").Count == 0)
            return sent;
        var origins = sent.GetStrings("redirectUris")
            .Where(uri =>
                uri.StartsWith("http", StringComparison.Ordinal) && Uri.TryCreate(uri, UriKind.Absolute, out _))
            .Select(uri => new Uri(uri).GetLeftPart(UriPartial.Authority)).Distinct();
        return sent.With("webOrigins", KeycloakJson.Array(origins));
    }

    private static KeycloakException Invalid(string description) =>
        KeycloakException.OAuthError(400, "invalid_input", description);
}
