using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Sandbox.Tests.Keycloak;

/// <summary>The code flow with PKCE of the application in <see cref="TestRealms.WithApplication"/>.</summary>
internal static class ApplicationLogin
{
    private const string Verifier = "a-verifier-that-is-long-enough-for-the-standard-43";

    private static readonly string Challenge =
        Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    /// <summary>
    /// The application's authorization request with changed fields; an empty value omits the field.
    /// </summary>
    public static string Authorization(string realm, params (string Name, string Value)[] changes) =>
        $"/realms/{realm}/protocol/openid-connect/auth?" + Encode(changes, ("client_id", "app"),
            ("response_type", "code"),
            ("scope", "openid"), ("redirect_uri", TestRealms.RedirectUri), ("state", "s-1"), ("nonce", "n-1"),
            ("code_challenge", Challenge), ("code_challenge_method", "S256"));

    public static Task<KeycloakResponse> RedeemAsync(
        this KeycloakServer server, string realm, string code, params (string Name, string Value)[] changes) =>
        server.RedeemFromAsync(null, realm, code, changes);

    public static Task<KeycloakResponse> RedeemFromAsync(this KeycloakServer server,
        string? origin, string realm, string code, params (string Name, string Value)[] changes)
    {
        var form = Encode(changes, ("grant_type", "authorization_code"), ("client_id", "app"), ("code", code),
            ("redirect_uri", TestRealms.RedirectUri), ("code_verifier", Verifier));
        var request = new HttpRequestMessage(HttpMethod.Post, server.Issuer(realm) + "/protocol/openid-connect/token")
        {
            Content = new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded"),
        };
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        return server.SendAsync(request);
    }

    private static string Encode((string Name, string Value)[] changes, params (string Name, string Value)[] fields)
    {
        var all = fields.ToDictionary(field => field.Name, field => field.Value);
        foreach (var (name, value) in changes)
            all[name] = value;
        return string.Join('&', all.Where(field => field.Value.Length > 0)
            .Select(field => $"{field.Key}={Uri.EscapeDataString(field.Value)}"));
    }
}
