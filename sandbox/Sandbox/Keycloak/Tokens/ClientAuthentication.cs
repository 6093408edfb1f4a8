using System.Security.Cryptography;
using System.Text;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Tokens;

/// <summary>Authenticates the client of a request by Basic header or form fields.</summary>
internal static class ClientAuthentication
{
    /// <exception cref="KeycloakException">401: unknown client, or wrong secret.</exception>
    public static Client Authenticate(HttpContext context, Realm realm, IFormCollection form)
    {
        if (form.ContainsKey("client_assertion") || form.ContainsKey("client_assertion_type"))
            throw KeycloakException.NotImplemented("the authentication of a client by an assertion");
        var (clientId, secret) = FromHeader(context)
            ?? (form["client_id"].ToString(), form["client_secret"].ToString());
        if (realm.FindClient(clientId) is not { Enabled: true } client || client.Settings.GetBoolean("bearerOnly"))
            throw Invalid("invalid_client");
        if (!client.IsPublic && !SecretsEqual(client.Secret ?? "", secret))
            throw Invalid("unauthorized_client");
        return client;
    }

    private static (string ClientId, string Secret)? FromHeader(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
            return null;
        var buffer = new byte[header.Length];
        if (!Convert.TryFromBase64String(header[6..].Trim(), buffer, out var length))
            throw Invalid("invalid_client");
        // RFC 6749, 2.3.1: client id and secret are form-encoded before they are joined.
        var parts = Encoding.UTF8.GetString(buffer, 0, length).Split(':', 2);
        return parts is [var id, var secret] ? (Decode(id), Decode(secret)) : throw Invalid("invalid_client");
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    private static bool SecretsEqual(string expected, string given) =>
        expected.Length > 0
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(given));

    private static KeycloakException Invalid(string error) =>
        KeycloakException.OAuthError(401, error, "Invalid client or Invalid client credentials");
}
